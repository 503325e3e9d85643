package dev.regions.soak;

import dev.regions.Tasks;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;

/** A leak that is planted, to show that the soak finds it. */
enum Leak implements Workload {
    HEAP {
        @Override
        public void round(SplittableRandom random) {
            KEPT.add(new byte[256 * 1024]);
        }
    },
    THREAD {
        @Override
        public void round(SplittableRandom random) {
            Thread.ofVirtual().name("leaked").start(() -> {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    },
    TASK {
        @Override
        public void round(SplittableRandom random) {
            Tasks.completable();
        }
    };

    private static final Queue<byte[]> KEPT = new ConcurrentLinkedQueue<>();

    /** Lets go of what was kept, for what else runs in this JVM. */
    static void forget() {
        KEPT.clear();
    }
}
