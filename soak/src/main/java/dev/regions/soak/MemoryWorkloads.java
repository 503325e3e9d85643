package dev.regions.soak;

import static dev.regions.soak.GraphWorkloads.require;

import dev.regions.Regions;
import dev.regions.Tasks;
import dev.regions.queue.Joiner;
import dev.regions.queue.RegionAction;
import dev.regions.task.Task;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Workloads that pass more through the heap than it may keep: results that are no longer needed must go while the tasks
 * around them go on. The full mode has a small heap; besides, a full collection now and then shows what is kept.
 */
final class MemoryWorkloads {
    private static final int BUFFER_BYTES = 256 << 10;
    /** How many buffers of a pipeline may be reachable: those in use, and those that a worker has not come to. */
    private static final int MOST_KEPT = 40;

    private static final int SMALL_BUFFER_BYTES = 16 << 10;
    /**
     * How many buffers that were joined may be reachable, of a thousand and more: a task that was run in place is in
     * the ready queue until a sweep comes to it, which takes the longer the more other tasks are ready.
     */
    private static final int MOST_JOINED_KEPT = 700;
    /** One round in so many makes a full collection. */
    private static final int COLLECTIONS_ONE_IN = 8;

    private MemoryWorkloads() {}

    static List<Workload> all() {
        return List.of(
                MemoryWorkloads::joinedPipeline, MemoryWorkloads::blockedWorkers, MemoryWorkloads::joinedBuffers);
    }

    /** Buffers, and which of them are still reachable. */
    private static final class Buffers {
        private final Queue<WeakReference<byte[]>> made = new ConcurrentLinkedQueue<>();
        private final int bytes;

        Buffers(int bytes) {
            this.bytes = bytes;
        }

        byte[] make() {
            byte[] buffer = new byte[bytes];
            made.add(new WeakReference<>(buffer));
            return buffer;
        }

        /** Returns how many are reachable after a full collection. */
        long kept() {
            System.gc();
            return made.stream().filter(buffer -> buffer.get() != null).count();
        }
    }

    /**
     * A chain of tasks, each of which makes a buffer of that of the one before, in a region that waits for all of them.
     */
    private static void joinedPipeline(SplittableRandom random) throws Exception {
        int stages = 100 + random.nextInt(200);
        boolean collects = random.nextInt(COLLECTIONS_ONE_IN) == 0;
        Buffers buffers = new Buffers(BUFFER_BYTES);
        AtomicInteger kept = new AtomicInteger();
        AtomicInteger last = new AtomicInteger();
        RegionAction<RuntimeException> pipeline = () -> {
            Task<byte[]> stage = Tasks.spawn(buffers::make);
            for (int i = 1; i < stages; i++) {
                stage = Tasks.spawn(stage, before -> {
                    byte[] buffer = buffers.make();
                    buffer[0] = (byte) (before[0] + 1);
                    return buffer;
                });
            }
            Tasks.spawn(stage, buffer -> {
                last.set(buffer[0]);
                if (collects) {
                    kept.set((int) buffers.kept());
                }
                return null;
            });
        };
        switch (random.nextInt(5)) {
            case 0 -> Regions.joined(pipeline);
            case 1 -> Regions.joined(() -> Regions.bulk(pipeline));
            case 2 -> Regions.joined(Joiner.failFast(), pipeline);
            case 3 -> {
                try (var scope = Regions.joined()) {
                    pipeline.run();
                    scope.join();
                }
            }
            default -> {
                try (var scope = Regions.bulk()) {
                    pipeline.run();
                    scope.join();
                }
            }
        }
        require(last.get() == (byte) (stages - 1), "each stage of a pipeline gets the buffer of the one before");
        require(kept.get() <= MOST_KEPT, "a pipeline keeps " + kept + " of " + stages + " buffers");
    }

    /** Many tasks that block, while others spawn and join recursively. */
    private static void blockedWorkers(SplittableRandom random) throws Exception {
        CountDownLatch opens = new CountDownLatch(1);
        List<Task<?>> blocked = block(1 + random.nextInt(200), opens);
        try {
            for (int left = 1 + random.nextInt(4); left > 0; left--) {
                int n = 5 + random.nextInt(10);
                require(
                        Tasks.spawn(() -> GraphWorkloads.fibonacci(n)).join() == GraphWorkloads.plainFibonacci(n),
                        "fibonacci of " + n + " beside tasks that block");
            }
        } finally {
            opens.countDown();
        }
        for (Task<?> task : blocked) {
            task.join();
        }
    }

    private static List<Task<?>> block(int count, CountDownLatch until) {
        List<Task<?>> blocked = new ArrayList<>();
        for (int left = count; left > 0; left--) {
            blocked.add(Tasks.spawn(() -> until.await()));
        }
        return blocked;
    }

    /** A body that goes on and on, beside tasks that block, and joins tasks with large results in place. */
    private static void joinedBuffers(SplittableRandom random) throws Exception {
        CountDownLatch opens = new CountDownLatch(1);
        List<Task<?>> blocked = block(random.nextInt(100), opens);
        int count = 1_000 + random.nextInt(1_000);
        boolean collects = random.nextInt(COLLECTIONS_ONE_IN) == 0;
        Buffers buffers = new Buffers(SMALL_BUFFER_BYTES);
        Task<Long> joiner = Tasks.spawn(() -> {
            for (int i = 0; i < count; i++) {
                require(Tasks.spawn(buffers::make).join().length == SMALL_BUFFER_BYTES, "a task returns its buffer");
            }
            return collects ? buffers.kept() : 0L;
        });
        try {
            long kept = joiner.join();
            require(kept <= MOST_JOINED_KEPT, "a body keeps " + kept + " of " + count + " buffers that it has joined");
        } finally {
            opens.countDown();
        }
        for (Task<?> task : blocked) {
            task.join();
        }
    }
}
