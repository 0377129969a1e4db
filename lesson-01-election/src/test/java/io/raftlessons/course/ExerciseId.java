package io.raftlessons.course;

/** As {@code 1.3}: the third exercise of lesson 1. */
record ExerciseId(int lesson, int number) implements Comparable<ExerciseId> {
  /**
   * @throws IllegalArgumentException if it is no such id
   */
  static ExerciseId of(String text) {
    if (!text.matches("[1-9]\\.[1-9][0-9]?")) {
      throw new IllegalArgumentException("no exercise has an id like " + text + ", but like 1.3");
    }
    int dot = text.indexOf('.');
    return new ExerciseId(
        Integer.parseInt(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1)));
  }

  /** Whether it comes after the other in the same lesson. */
  boolean isAfter(ExerciseId other) {
    return lesson == other.lesson && number > other.number;
  }

  boolean isOf(Lesson other) {
    return other.number().equals(Integer.toString(lesson));
  }

  /** 1.10 comes after 1.9. */
  @Override
  public int compareTo(ExerciseId other) {
    return lesson != other.lesson
        ? Integer.compare(lesson, other.lesson)
        : Integer.compare(number, other.number);
  }

  @Override
  public String toString() {
    return lesson + "." + number;
  }
}
