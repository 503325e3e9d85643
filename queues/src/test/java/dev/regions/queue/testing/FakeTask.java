package dev.regions.queue.testing;

import dev.regions.queue.Dependency;
import dev.regions.queue.EdgeReason;
import dev.regions.queue.PendingTask;
import dev.regions.queue.QueueStack;
import dev.regions.queue.TaskQueue;
import dev.regions.task.Task;
import dev.regions.task.TaskFailedException;
import dev.regions.task.TaskSkippedException;
import dev.regions.task.TaskState;
import dev.regions.task.UnlaunchedTaskException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A task as queues and waiters see it, without a runtime: nothing runs it, the test says how it ends. Like the tasks of
 * a runtime it is both the pending task and its handle, cannot be changed once the root queue (here a
 * {@link RecordingQueue}) has taken it, and refuses to be waited for on the thread whose open region holds it.
 *
 * <p>What queues may call is for one thread at a time, as {@link PendingTask} says, and hides no race; the rest is
 * thread-safe.
 */
public class FakeTask implements PendingTask, Task<Object> {
    /**
     * What a queue has said of an edge that it added.
     *
     * @param reason why the edge is there; {@link EdgeReason#QUEUE} if the queue did not say
     * @param by the queue, null if it did not say
     */
    public record Said(Task<?> predecessor, EdgeReason reason, TaskQueue by) {}

    private record End(TaskState state, Object result, Throwable cause, boolean isFailure) {}

    private final String givenName;
    private final CompletableFuture<End> end = new CompletableFuture<>();
    private volatile boolean isBarrier;
    private final ConcurrentLinkedQueue<FakeTask> barriers = new ConcurrentLinkedQueue<>();
    private volatile Throwable abandonReason;
    private volatile boolean launched;

    // Written by the queue that has the task.
    private final List<Dependency> dependencies = new ArrayList<>();
    private final List<Said> reasons = new ArrayList<>();
    private String name;
    private Callable<?> body;
    private TaskQueue holder;

    /** Makes a task that does nothing. */
    public FakeTask(String name) {
        this(name, () -> null);
    }

    /** Makes a task with a body, for a queue that wraps bodies: see {@link #callBody()}. */
    public FakeTask(String name, Callable<?> body) {
        this.givenName = Objects.requireNonNull(name, "name");
        this.name = name;
        this.body = Objects.requireNonNull(body, "body");
    }

    // ---- For the test -----------------------------------------------------------------------------------------------

    /** Lets the task succeed. Does nothing if it is final already; so do the other ends. */
    public void succeed(Object result) {
        end(TaskState.SUCCEEDED, result, null);
    }

    /** Lets the task fail. */
    public void fail(Throwable thrown) {
        end(TaskState.FAILED, null, Objects.requireNonNull(thrown, "thrown"));
    }

    /**
     * Lets the task be skipped.
     *
     * @param rootCause what the body of the task to blame threw, or its {@link CancellationException}
     */
    public void skip(Throwable rootCause) {
        end(TaskState.SKIPPED, null, Objects.requireNonNull(rootCause, "rootCause"));
    }

    /** Lets the task be skipped because the body of another one threw, whatever it threw. */
    public void skipForFailure(Throwable thrown) {
        end.complete(new End(TaskState.SKIPPED, null, Objects.requireNonNull(thrown, "thrown"), true));
    }

    private boolean end(TaskState state, Object result, Throwable cause) {
        boolean isFailure =
                state == TaskState.FAILED || state == TaskState.SKIPPED && !(cause instanceof CancellationException);
        return end.complete(new End(state, result, cause, isFailure));
    }

    /** Makes the task one that a root queue has taken: from now on, no queue may change it. */
    public void launch() {
        launched = true;
    }

    /** Returns the name that the task was made with, whatever its name now. */
    public String givenName() {
        return givenName;
    }

    /** Calls the body, with what queues have wrapped around it. */
    public Object callBody() throws Exception {
        return body.call();
    }

    /** Returns the queue that said last that it holds this task; null if none did. */
    public TaskQueue holder() {
        return holder;
    }

    /** Tells whether a queue has dropped this task, whether or not it was final by then. */
    public boolean isAbandoned() {
        return abandonReason != null;
    }

    /** Returns why a queue has dropped this task; null if none did. */
    public Throwable abandonReason() {
        return abandonReason;
    }

    /** Returns what was said of each edge, in the order of {@link #dependencies()}. */
    public List<Said> reasons() {
        return List.copyOf(reasons);
    }

    /** Returns the barriers that queues have made from this task, and from those. */
    public Stream<FakeTask> barriers() {
        return barriers.stream().flatMap(barrier -> Stream.concat(Stream.of(barrier), barrier.barriers()));
    }

    // ---- For the queues ---------------------------------------------------------------------------------------------

    @Override
    public Task<?> task() {
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void rename(String name) {
        Objects.requireNonNull(name, "name");
        if (isChangeable()) {
            this.name = name;
        }
    }

    @Override
    public List<Dependency> dependencies() {
        return List.copyOf(dependencies);
    }

    @Override
    public void dependsOn(Task<?> predecessor, Dependency.Kind kind) {
        dependsOn(predecessor, kind, EdgeReason.QUEUE, null);
    }

    @Override
    public void dependsOn(Task<?> predecessor, Dependency.Kind kind, EdgeReason reason, TaskQueue by) {
        Dependency dependency = new Dependency(predecessor, kind);
        if (predecessor == this) {
            throw new IllegalArgumentException(this + " cannot depend on itself");
        }
        if (isChangeable()) {
            dependencies.add(dependency);
            reasons.add(new Said(predecessor, Objects.requireNonNull(reason, "reason"), by));
        }
    }

    @Override
    public void wrap(BodyWrapper wrapper) {
        Objects.requireNonNull(wrapper, "wrapper");
        Callable<?> wrapped = body;
        if (isChangeable()) {
            body = () -> wrapper.call(wrapped);
        }
    }

    private boolean isChangeable() {
        if (!launched && !isAbandoned()) {
            return true;
        }
        if (isDone()) {
            return false;
        }
        throw new IllegalStateException(this + " is launched and cannot be changed any more");
    }

    @Override
    public void heldBy(TaskQueue queue) {
        Objects.requireNonNull(queue, "queue");
        if (taskState() == TaskState.UNLAUNCHED) {
            holder = queue;
        }
    }

    @Override
    public void abandon(Throwable reason) {
        Objects.requireNonNull(reason, "reason");
        if (!launched && !isAbandoned()) {
            abandonReason = reason;
            end(TaskState.ABANDONED, null, reason);
        }
    }

    @Override
    public Throwable failure() {
        End now = end.getNow(null);
        return now == null || !now.isFailure ? null : now.cause;
    }

    @Override
    public boolean isBarrier() {
        return isBarrier;
    }

    @Override
    public PendingTask barrier(String name) {
        FakeTask barrier = new FakeTask(name);
        barrier.isBarrier = true;
        barriers.add(barrier);
        return barrier;
    }

    // ---- For those who wait -----------------------------------------------------------------------------------------

    @Override
    public TaskState taskState() {
        End now = end.getNow(null);
        return now != null ? now.state : launched ? TaskState.READY : TaskState.UNLAUNCHED;
    }

    @Override
    public void await() throws InterruptedException {
        ensureNotHeldHere();
        ending();
    }

    private void ensureNotHeldHere() {
        TaskQueue held = holder;
        if (taskState() == TaskState.UNLAUNCHED && held != null && QueueStack.isOpenOnThisThread(held)) {
            throw new UnlaunchedTaskException(this + " is held by " + held + ", which is open on this thread");
        }
    }

    private End ending() throws InterruptedException {
        try {
            return end.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public Object join() throws InterruptedException {
        ensureNotHeldHere();
        End how = ending();
        if (how.state != TaskState.SUCCEEDED) {
            throw explain(how);
        }
        return how.result;
    }

    @Override
    public Object get() throws InterruptedException, ExecutionException {
        ensureNotHeldHere();
        return resultOrExecutionException(ending());
    }

    @Override
    public Object get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        ensureNotHeldHere();
        return resultOrExecutionException(end.get(timeout, unit));
    }

    private Object resultOrExecutionException(End how) throws ExecutionException {
        if (how.state == TaskState.SUCCEEDED) {
            return how.result;
        }
        RuntimeException explained = explain(how);
        if (explained instanceof CancellationException) {
            throw explained;
        }
        throw new ExecutionException(how.state == TaskState.FAILED ? how.cause : explained);
    }

    private RuntimeException explain(End how) {
        return switch (how.state) {
            case FAILED -> new TaskFailedException(this + " failed", how.cause);
            case SKIPPED -> new TaskSkippedException(this + " was skipped", how.cause);
            default -> (CancellationException) new CancellationException(this + " never ran").initCause(how.cause);
        };
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return end(TaskState.CANCELLED, null, null);
    }

    @Override
    public boolean isCancelled() {
        return isWithdrawn(taskState());
    }

    private static boolean isWithdrawn(TaskState state) {
        return state == TaskState.CANCELLED || state == TaskState.ABANDONED;
    }

    @Override
    public boolean isDone() {
        return end.isDone();
    }

    @Override
    public Object resultNow() {
        if (taskState() != TaskState.SUCCEEDED) {
            throw new IllegalStateException(this + " has no result");
        }
        return end.join().result;
    }

    @Override
    public Throwable exceptionNow() {
        return switch (taskState()) {
            case FAILED -> end.join().cause;
            case SKIPPED -> explain(end.join());
            default -> throw new IllegalStateException(this + " has no exception");
        };
    }

    @Override
    public State state() {
        return switch (taskState()) {
            case SUCCEEDED -> State.SUCCESS;
            case FAILED, SKIPPED -> State.FAILED;
            case CANCELLED, ABANDONED -> State.CANCELLED;
            default -> State.RUNNING;
        };
    }

    @Override
    public CompletableFuture<Object> toCompletableFuture() {
        return end.thenApply(how -> {
            if (how.state != TaskState.SUCCEEDED) {
                throw explain(how);
            }
            return how.result;
        });
    }

    @Override
    public String toString() {
        return givenName;
    }
}
