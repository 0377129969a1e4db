/**
 * The course's machinery.
 *
 * <p><b>Bugs.</b> {@link io.raftlessons.course.BugFile} says how one is written down, {@link
 * io.raftlessons.course.Zoo} shows which tests see it.
 *
 * <p><b>Exercises.</b> Pairs of comment lines in the reference ({@link
 * io.raftlessons.course.Marks}) say what a student writes; {@code src/exercise/exercises.txt} of
 * each lesson tells of them ({@link io.raftlessons.course.Assignment}). {@link
 * io.raftlessons.course.Starter} makes the student's classes of both, and {@link
 * io.raftlessons.course.StarterSuite} sees to it that they are up to date. With {@code
 * -Draft.impl=mine} ({@link io.raftlessons.course.Mine}) fixtures, scripts and simulations get the
 * student's parts from {@link io.raftlessons.course.Implementation}, which compiles them in memory:
 * no build and no other lesson depends on whether they compile, and an editor needs nothing but
 * that system property. A test names the exercises that it needs ({@link
 * io.raftlessons.course.Exercise}); until they are begun it is not started ({@link
 * io.raftlessons.course.NotStarted}), which JUnit counts as aborted.
 */
@NullMarked
package io.raftlessons.course;

import org.jspecify.annotations.NullMarked;
