package io.raftlessons.replication.keyvalue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A sorted map that never changes: {@link #with} and {@link #without} make a new one that shares
 * all but the path to the key. So a view of the whole costs nothing, however large the map. An AVL
 * tree; look-up and change take O(log n). Immutable, hence thread-safe.
 */
final class PersistentMap<K extends Comparable<K>, V>
    implements Iterable<PersistentMap.Entry<K, V>> {
  /** An entry, which is also the root of a subtree. Two are the same only if they are identical. */
  static final class Entry<K, V> {
    private final K key;
    private final V value;
    private final @Nullable Entry<K, V> left;
    private final @Nullable Entry<K, V> right;
    private final int height;

    private Entry(K key, V value, @Nullable Entry<K, V> left, @Nullable Entry<K, V> right) {
      this.key = key;
      this.value = value;
      this.left = left;
      this.right = right;
      this.height = 1 + Math.max(height(left), height(right));
    }

    K key() {
      return key;
    }

    V value() {
      return value;
    }
  }

  private final @Nullable Entry<K, V> root;
  private final int size;

  private PersistentMap(@Nullable Entry<K, V> root, int size) {
    this.root = root;
    this.size = size;
  }

  static <K extends Comparable<K>, V> PersistentMap<K, V> empty() {
    return new PersistentMap<>(null, 0);
  }

  /**
   * Builds a map in O(n).
   *
   * @param keys strictly ascending
   * @param values one for each key
   */
  static <K extends Comparable<K>, V> PersistentMap<K, V> ofSorted(List<K> keys, List<V> values) {
    if (keys.size() != values.size()) {
      throw new IllegalArgumentException(keys.size() + " keys, " + values.size() + " values");
    }
    return new PersistentMap<>(middle(keys, values, 0, keys.size()), keys.size());
  }

  int size() {
    return size;
  }

  @Nullable V get(K key) {
    Entry<K, V> entry = root;
    while (entry != null) {
      int order = key.compareTo(entry.key);
      if (order == 0) {
        return entry.value;
      }
      entry = order < 0 ? entry.left : entry.right;
    }
    return null;
  }

  /** The entry with the least key, or null if the map is empty. */
  @Nullable Entry<K, V> first() {
    return root == null ? null : leftmost(root);
  }

  PersistentMap<K, V> with(K key, V value) {
    return new PersistentMap<>(insert(root, key, value), get(key) == null ? size + 1 : size);
  }

  PersistentMap<K, V> without(K key) {
    Entry<K, V> rest = remove(root, key);
    return rest == root ? this : new PersistentMap<>(rest, size - 1);
  }

  /** The entries in ascending order of their keys. */
  @Override
  public Iterator<Entry<K, V>> iterator() {
    Deque<Entry<K, V>> path = new ArrayDeque<>();
    descend(path, root);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return !path.isEmpty();
      }

      @Override
      public Entry<K, V> next() {
        if (path.isEmpty()) {
          throw new NoSuchElementException();
        }
        Entry<K, V> entry = path.pop();
        descend(path, entry.right);
        return entry;
      }
    };
  }

  /**
   * Whether the subtrees of every entry differ by one in height at most, which keeps paths short.
   */
  boolean isBalanced() {
    for (Entry<K, V> entry : this) {
      if (Math.abs(height(entry.left) - height(entry.right)) > 1) {
        return false;
      }
    }
    return true;
  }

  private static <K, V> void descend(Deque<Entry<K, V>> path, @Nullable Entry<K, V> from) {
    for (Entry<K, V> entry = from; entry != null; entry = entry.left) {
      path.push(entry);
    }
  }

  private static <K, V> @Nullable Entry<K, V> middle(
      List<K> keys, List<V> values, int from, int to) {
    if (from == to) {
      return null;
    }
    int at = (from + to) >>> 1;
    return new Entry<>(
        keys.get(at),
        values.get(at),
        middle(keys, values, from, at),
        middle(keys, values, at + 1, to));
  }

  private static <K extends Comparable<K>, V> Entry<K, V> insert(
      @Nullable Entry<K, V> tree, K key, V value) {
    if (tree == null) {
      return new Entry<>(key, value, null, null);
    }
    int order = key.compareTo(tree.key);
    if (order == 0) {
      return new Entry<>(tree.key, value, tree.left, tree.right);
    }
    return order < 0
        ? balance(tree, insert(tree.left, key, value), tree.right)
        : balance(tree, tree.left, insert(tree.right, key, value));
  }

  private static <K extends Comparable<K>, V> @Nullable Entry<K, V> remove(
      @Nullable Entry<K, V> tree, K key) {
    if (tree == null) {
      return null;
    }
    int order = key.compareTo(tree.key);
    if (order < 0) {
      Entry<K, V> left = remove(tree.left, key);
      return left == tree.left ? tree : balance(tree, left, tree.right);
    }
    if (order > 0) {
      Entry<K, V> right = remove(tree.right, key);
      return right == tree.right ? tree : balance(tree, tree.left, right);
    }
    if (tree.left == null) {
      return tree.right;
    }
    if (tree.right == null) {
      return tree.left;
    }
    Entry<K, V> heir = leftmost(tree.right);
    return balance(heir, tree.left, remove(tree.right, heir.key));
  }

  private static <K, V> Entry<K, V> leftmost(Entry<K, V> tree) {
    Entry<K, V> entry = tree;
    while (entry.left != null) {
      entry = entry.left;
    }
    return entry;
  }

  /** Puts an entry over two subtrees whose heights differ by two at most. */
  private static <K, V> Entry<K, V> balance(
      Entry<K, V> top, @Nullable Entry<K, V> left, @Nullable Entry<K, V> right) {
    if (left != null && height(left) > height(right) + 1) {
      Entry<K, V> inner = left.right;
      if (inner == null || height(left.left) >= height(inner)) {
        return over(left, left.left, over(top, inner, right));
      }
      return over(inner, over(left, left.left, inner.left), over(top, inner.right, right));
    }
    if (right != null && height(right) > height(left) + 1) {
      Entry<K, V> inner = right.left;
      if (inner == null || height(right.right) >= height(inner)) {
        return over(right, over(top, left, inner), right.right);
      }
      return over(inner, over(top, left, inner.left), over(right, inner.right, right.right));
    }
    return over(top, left, right);
  }

  private static <K, V> Entry<K, V> over(
      Entry<K, V> top, @Nullable Entry<K, V> left, @Nullable Entry<K, V> right) {
    return new Entry<>(top.key, top.value, left, right);
  }

  private static int height(@Nullable Entry<?, ?> tree) {
    return tree == null ? 0 : tree.height;
  }
}
