package dev.regions.core.util;

import java.util.Queue;
import java.util.StringTokenizer;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jctools.queues.atomic.unpadded.MpscUnboundedAtomicUnpaddedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Loads and initialises, when the first runtime is created, the classes that a step of the runtime may use for the
 * first time where the stack is about to overflow, or no thread can be started.
 *
 * <p>{@link StackGuard} ensures that there is room for the step itself. Loading a class takes many times more, and a
 * class that fails to initialise stays unusable. Therefore these classes are loaded in advance. The classes that a step
 * goes through have no lambdas, method references or pattern switches, which the JVM links at their first use: small
 * named classes and {@code instanceof} replace them. Nested classes are found by reflection; anonymous ones, and the
 * tables of a {@code switch} over an enum, are named. {@code ClassPreloaderTest} detects a missing class.
 *
 * <p>The JVM also links each {@code VarHandle} access at its first use. The JDK does that in Java code, which takes
 * several kilobytes of stack, once for each class and kind of access. A class with such accesses makes each of them
 * when it is initialised, without an object: the call is linked, and throws. Those of the JDK's own classes are linked
 * when they are used here for the first time.
 */
public final class ClassPreloader {
    private static final String UTIL = """
            AttributeQueue Backoff Blocking InterruptHandshake PersistentList RegionDescriptions StackGuard StripedCounter
            StructuredScopes Timer TimerService WeakQueueMap""";

    private static final String GRAPH = """
            BatchCycleFinder BodyKind CallbackRunner Completion CoreHooks Dependencies Dependent DependentStack
            ExceptionalOutcome Gate Link Node Scheduler TaskAttributes TaskFuture TaskMetadata TaskNode TaskProbe
            UncaughtFailures Wiring Withdrawal WrappedBody""";

    private static final String SCHEDULE = """
            Attempt BodyCall DagCore Deadline InFlightLimiter LimitGate PriorityQueues ReadyQueue SubmissionQueue TaskFactory Worker
            WorkerDeque WorkerDeques WorkerPool""";

    private static final String DIAGNOSTICS = """
            CycleSearch DeadlockDetector Diagnostics ObserverRegistry ObserverSet RegionRegistry Subscription
            WaitForGraph""";

    private static final String INTERNAL = "LockFreeCondition Log Suppressed SafeToString";

    private static final String API = """
            CompletableTask Limit RegionScope Regions TaskBuilder TaskScope Tasks observe.UncaughtFailure""";

    private static final String QUEUES = """
            AllSuccessful BulkQueue ChainPolicy Dependency EdgeReason FailureCollector FailureCollector$1 AnySuccessful ForwardingQueue Joiner JoinedQueue
            PendingTask JoinerQueue QueueStack RegionAction RegionBody SequentialQueue SpawnListener TaskBatch TaskList
            TaskQueue WaitHook""";

    private static final String TASKS = """
            DeadlockException OverflowPolicy Priority QueueClosedException RegionFailedException RetryPolicy Task TaskAction TaskFailedException TaskFunction1
            TaskFunction2 TaskFunction3 TaskFunction4 TaskSkippedException TaskState TooManyTasksException
            UnlaunchedTaskException""";

    /** Classes of the JDK that take much to initialise. Another JDK may name them differently. */
    private static final String JDK = """
            java.lang.VirtualThread java.lang.ApplicationShutdownHooks java.util.concurrent.CompletableFuture
            java.util.concurrent.CancellationException java.util.concurrent.TimeoutException""";

    /** Not volatile: loading twice does no harm. */
    private static boolean done;

    private ClassPreloader() {}

    public static void load() {
        if (done) {
            return;
        }
        load("dev.regions.core.util.", UTIL);
        load("dev.regions.core.graph.", GRAPH);
        load("dev.regions.core.schedule.", SCHEDULE);
        load("dev.regions.core.diagnostics.", DIAGNOSTICS);
        load("dev.regions.internal.", INTERNAL);
        load("dev.regions.", API);
        load("dev.regions.queue.", QUEUES);
        load("dev.regions.task.", TASKS);
        load("", JDK);
        rehearse();
        done = true;
    }

    /** Uses foreign classes as steps of the runtime do. */
    private static void rehearse() {
        use(new MpscUnboundedAtomicArrayQueue<>(2));
        use(new MpscUnboundedAtomicUnpaddedArrayQueue<>(2));
        Queue<Object> threads = new ConcurrentLinkedQueue<>();
        use(threads);
        threads.add(threads);
        for (Object each : threads) {
            threads.remove(each);
        }
        use(new AtomicReference<>());
        AtomicBoolean flag = new AtomicBoolean();
        flag.compareAndSet(false, true);
        flag.getAndSet(false);
        new Timer(new Nothing()).callOff();
        new Timer(new Nothing()).run();
        use(new CompletableFuture<>()).complete(flag);
        use(new CompletableFuture<>()).completeExceptionally(new CancellationException());
        use(new CompletableFuture<>()).cancel(false);
    }

    private static void use(Queue<Object> queue) {
        for (int i = 0; i < 4; i++) { // more than fit in one chunk
            queue.offer(queue);
        }
        while (!queue.isEmpty() && queue.peek() != null && queue.size() > 0) {
            queue.poll();
        }
        queue.poll();
    }

    private static void use(AtomicReference<@Nullable Object> reference) {
        reference.compareAndSet(null, reference);
        reference.getAndSet(null);
        reference.set(null);
    }

    private static CompletableFuture<Object> use(CompletableFuture<Object> future) {
        future.thenRun(new Nothing());
        future.thenRun(new Nothing());
        return future;
    }

    private static final class Nothing implements Runnable {
        @Override
        public void run() {}
    }

    private static void load(String prefix, String names) {
        for (StringTokenizer each = new StringTokenizer(names); each.hasMoreTokens(); ) {
            try {
                load(Class.forName(prefix + each.nextToken(), true, ClassPreloader.class.getClassLoader()));
            } catch (ClassNotFoundException missing) {
                if (!names.equals(JDK)) { // else it is another JDK
                    throw new ExceptionInInitializerError(missing);
                }
            }
        }
    }

    private static void load(Class<?> loaded) throws ClassNotFoundException {
        if (loaded.getClassLoader() != null) {
            for (Class<?> nested : loaded.getDeclaredClasses()) {
                load(Class.forName(nested.getName(), true, nested.getClassLoader()));
            }
        }
    }
}
