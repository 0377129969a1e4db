/** What only a browser can tell: with {@code -Pbrowser}, because its driver is large. */
@NullMarked
package io.raftlessons.browser;

import org.jspecify.annotations.NullMarked;
