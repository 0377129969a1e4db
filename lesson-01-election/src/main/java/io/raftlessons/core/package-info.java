/** The frame all lessons share: the pure core, its parts, its effects, and the driver. */
@NullMarked
package io.raftlessons.core;

import org.jspecify.annotations.NullMarked;
