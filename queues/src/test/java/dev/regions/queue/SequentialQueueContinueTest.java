package dev.regions.queue;

import dev.regions.queue.Dependency.Kind;

/** A sequential queue in which failures change nothing: all of its edges are soft. */
class SequentialQueueContinueTest extends SequentialQueueTest {
    @Override
    ChainPolicy policy() {
        return ChainPolicy.CONTINUE;
    }

    @Override
    Kind edge() {
        return Kind.SOFT;
    }
}
