package dev.regions.soak;

import dev.regions.Regions;
import dev.regions.Tasks;
import dev.regions.queue.ChainPolicy;
import dev.regions.task.RegionFailedException;
import dev.regions.task.Task;
import dev.regions.task.TaskFailedException;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Workloads about graphs: regions, order, failures, cancellation, tasks that wait for tasks. */
final class GraphWorkloads {
    private GraphWorkloads() {}

    static List<Workload> all() {
        return List.of(
                GraphWorkloads::nestedRegions,
                GraphWorkloads::longChain,
                GraphWorkloads::failures,
                GraphWorkloads::givenUpRegions,
                GraphWorkloads::cancellations,
                GraphWorkloads::tasksThatJoin,
                GraphWorkloads::nobodyAsks);
    }

    static void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("what must hold does not: " + what);
        }
    }

    private static void nestedRegions(SplittableRandom random) throws Exception {
        AtomicInteger ran = new AtomicInteger();
        int spawned = Regions.joined(() -> nest(random, 4, ran));
        require(ran.get() == spawned, "all " + spawned + " tasks of nested regions ran, and not " + ran);
    }

    private static int nest(SplittableRandom random, int depth, AtomicInteger ran) {
        int spawned = 0;
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            spawned += switch (depth == 0 ? 9 : random.nextInt(6)) {
                case 0, 1 -> Regions.bulk(() -> nest(random, depth - 1, ran));
                case 2 -> Regions.sequential(() -> nest(random, depth - 1, ran));
                case 3 -> Regions.sequential(ChainPolicy.CONTINUE, () -> nest(random, depth - 1, ran));
                default -> {
                    Tasks.spawn(ran::incrementAndGet);
                    yield 1;
                }
            };
        }
        return spawned;
    }

    private static void longChain(SplittableRandom random) throws Exception {
        int length = 1 + random.nextInt(20_000);
        Task<Integer> last = Tasks.spawn(() -> 0);
        for (int i = 0; i < length; i++) {
            last = Tasks.spawn(last, x -> x + 1);
        }
        require(last.join() == length, "a chain counts its tasks");
    }

    private static void failures(SplittableRandom random) throws Exception {
        int count = 1 + random.nextInt(200);
        int failing = random.nextInt(count);
        List<Task<Integer>> tasks = new ArrayList<>();
        try {
            Regions.joined(() -> Regions.sequential(() -> {
                for (int i = 0; i < count; i++) {
                    int index = i;
                    tasks.add(Tasks.spawn(() -> {
                        if (index == failing) {
                            throw new OnPurposeException();
                        }
                        return index;
                    }));
                }
            }));
            require(false, "the region throws");
        } catch (RegionFailedException expected) {
            require(expected.getCause() instanceof OnPurposeException, "the cause is what the task threw");
        }
        for (int i = 0; i < count; i++) {
            TaskState expected =
                    i < failing ? TaskState.SUCCEEDED : i == failing ? TaskState.FAILED : TaskState.SKIPPED;
            require(tasks.get(i).taskState() == expected, "task " + i + " of a chain that fails is " + expected);
        }
    }

    private static void givenUpRegions(SplittableRandom random) throws Exception {
        List<Task<?>> tasks = new ArrayList<>();
        try {
            Regions.bulk(() -> {
                for (int left = random.nextInt(50); left > 0; left--) {
                    tasks.add(Tasks.spawn(() -> {}));
                }
                throw new OnPurposeException();
            });
        } catch (OnPurposeException expected) {
            require(tasks.stream().allMatch(task -> task.taskState() == TaskState.ABANDONED), "all is abandoned");
        }
        try (var scope = Regions.joined()) {
            CountDownLatch never = new CountDownLatch(1);
            Task<Integer> blocked = scope.fork(() -> {
                never.await();
                return 1;
            });
            tasks.add(blocked);
            tasks.add(scope.fork(blocked, x -> x));
        } catch (IllegalStateException expected) {
            require(tasks.stream().allMatch(Task::isDone), "a scope that is closed in error has awaited its tasks");
            return;
        }
        require(false, "a scope that is closed in error says so");
    }

    private static void cancellations(SplittableRandom random) throws Exception {
        List<Task<Integer>> tasks = new ArrayList<>();
        CountDownLatch gate = new CountDownLatch(1);
        tasks.add(Tasks.spawn(() -> {
            gate.await();
            return 0;
        }));
        for (int i = 1; i < 300; i++) {
            int from = i - 1 - random.nextInt(Math.min(i, 10));
            tasks.add(
                    random.nextBoolean()
                            ? Tasks.spawn(tasks.get(from), x -> x)
                            : Tasks.builder().after(tasks.get(from)).spawn(() -> 0));
        }
        for (int left = 30; left > 0; left--) {
            tasks.get(random.nextInt(tasks.size())).cancel();
            if (left == 15) {
                gate.countDown();
            }
        }
        for (Task<Integer> task : tasks) {
            task.await();
            require(task.taskState() != TaskState.FAILED, "nothing has failed that was only cancelled");
        }
    }

    /** Recursive spawn and join, which runs in place as a rule. */
    private static void tasksThatJoin(SplittableRandom random) throws Exception {
        int n = 5 + random.nextInt(12);
        require(Tasks.spawn(() -> fibonacci(n)).join() == plainFibonacci(n), "fibonacci of " + n);
    }

    static int fibonacci(int n) throws InterruptedException {
        if (n < 2) {
            return n;
        }
        Task<Integer> one = Tasks.spawn(() -> fibonacci(n - 1));
        return fibonacci(n - 2) + one.join();
    }

    static int plainFibonacci(int n) {
        return n < 2 ? n : plainFibonacci(n - 1) + plainFibonacci(n - 2);
    }

    /** Handles and failures that are dropped. */
    private static void nobodyAsks(SplittableRandom random) throws Exception {
        for (int left = random.nextInt(20); left > 0; left--) {
            Tasks.spawn(() -> {
                throw new OnPurposeException();
            });
        }
        Task<Integer> watched = Tasks.spawn(() -> {
            throw new OnPurposeException();
        });
        try {
            watched.join();
            require(false, "join() throws");
        } catch (TaskFailedException | CancellationException expected) {
            require(expected.getCause() instanceof OnPurposeException, "the cause is what the task threw");
        }
    }

    /** What workloads throw. */
    static final class OnPurposeException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        OnPurposeException() {
            super("on purpose");
        }
    }
}
