package dev.regions.soak;

import java.util.SplittableRandom;

/**
 * Something that uses a few features, again and again. Each round ends what it has begun, and checks what came of it.
 */
@FunctionalInterface
interface Workload {
    /**
     * Does one round, on the calling thread, for which the shared runtime is the current one.
     *
     * @throws Exception if anything came out other than it must
     */
    void round(SplittableRandom random) throws Exception;
}
