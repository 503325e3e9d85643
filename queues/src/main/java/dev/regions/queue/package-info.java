/**
 * Task queues: the stages between a spawn and the scheduler. A region binds a queue. Tasks that are spawned in the
 * region go through it, and from there to the upstream queue.
 */
@NullMarked
package dev.regions.queue;

import org.jspecify.annotations.NullMarked;
