/**
 * Task queues: what stands between a spawn and the scheduler. A region binds one; whatever is spawned in the region goes
 * through it, and what it lets pass goes to the upstream queue.
 */
@NullMarked
package dev.regions.queue;

import org.jspecify.annotations.NullMarked;
