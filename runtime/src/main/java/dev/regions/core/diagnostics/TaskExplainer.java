package dev.regions.core.diagnostics;

import dev.regions.core.diagnostics.UnfinishedTaskScan.Blocker;
import dev.regions.core.graph.BodyKind;
import dev.regions.core.graph.Dependencies;
import dev.regions.core.graph.ExceptionalOutcome;
import dev.regions.core.graph.Link;
import dev.regions.core.graph.Node;
import dev.regions.core.graph.TaskNode;
import dev.regions.core.schedule.DagCore;
import dev.regions.core.schedule.LimitGate;
import dev.regions.core.schedule.Worker;
import dev.regions.core.util.Timer;
import dev.regions.internal.SafeToString;
import dev.regions.observe.RegionInfo;
import dev.regions.observe.RuntimeDump;
import dev.regions.observe.RuntimeDump.Awaited;
import dev.regions.observe.TaskEdge;
import dev.regions.queue.EdgeReason;
import dev.regions.queue.QueueStack;
import dev.regions.queue.TaskQueue;
import dev.regions.task.Priority;
import dev.regions.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Explains why a task has not run yet, where it runs, or how it ended, in a paragraph for people.
 *
 * <p>Weakly consistent: if the task moves meanwhile, the explanation is of the state that was seen first.
 */
final class TaskExplainer {
    private static final int MAX_NAMES = 5;
    /** Maximum number of edges, or holders of a limit, that a dump lists: a barrier may have a million edges. */
    private static final int MAX_LISTED = 100;

    private final TaskNode<?> node;
    private final @Nullable TaskRecord observed;
    private final @Nullable DagCore core;
    private final TaskState state;
    private final StringBuilder text = new StringBuilder();
    private final List<Awaited> waitsFor = new ArrayList<>();
    private @Nullable UnfinishedTaskScan scan;
    private @Nullable Thread thread;

    private TaskExplainer(TaskNode<?> node, @Nullable UnfinishedTaskScan scan) {
        this.node = node;
        this.scan = scan;
        this.observed = TaskRecord.of(node);
        this.core = findCore();
        this.state = node.currentState();
        switch (state) {
            case UNLAUNCHED -> unlaunched();
            case WAITING -> waiting();
            case READY -> ready();
            case RUNNING -> running();
            default -> ended();
        }
    }

    private @Nullable DagCore findCore() {
        if (node.owner instanceof DagCore launched) {
            return launched;
        }
        if (observed != null) {
            return observed.observers().of().core();
        }
        if (scan != null) {
            return scan.core();
        }
        DagCore here = DagCore.here(); // that is likely to be the one
        if (here == null || here.describePermitWaiters() == null) {
            return null;
        }
        UnfinishedTaskScan looked = UnfinishedTaskScan.from(here);
        if (!looked.awaitsPermit(node)) {
            return null;
        }
        scan = looked;
        return here;
    }

    static TaskExplainer of(TaskNode<?> node) {
        return new TaskExplainer(node, null);
    }

    /**
     * Explains one of many tasks.
     *
     * @param reach the scan of the core that they all belong to
     */
    static TaskExplainer of(TaskNode<?> node, UnfinishedTaskScan scan) {
        return new TaskExplainer(node, scan);
    }

    /** Returns the paragraph, which begins with the name of the task. */
    String paragraph() {
        return "task '" + node.name() + "' " + reason() + ".";
    }

    /** Returns the text that follows the name. */
    private String reason() {
        return text.toString();
    }

    /** Returns the explanation as data. */
    RuntimeDump.Entry entry() {
        TaskQueue region = node.region();
        long nanos = nanosInState();
        return new RuntimeDump.Entry(
                observed == null ? 0 : observed.id(),
                node.name(),
                state,
                observed != null && observed.region() != null
                        ? observed.region().name()
                        : region == null || region instanceof DagCore ? null : SafeToString.of(region),
                nanos < 0 ? null : Duration.ofNanos(nanos),
                thread == null ? 0 : thread.threadId(),
                thread == null ? null : thread.getName(),
                reason(),
                waitsFor);
    }

    /** Returns for how long the task has been in its state, in nanoseconds; -1 if that was not recorded. */
    private long nanosInState() {
        if (observed == null) {
            return -1;
        }
        long since =
                switch (state) {
                    case UNLAUNCHED -> observed.spawnedAt();
                    case WAITING -> observed.launchedAt();
                    case READY -> observed.readyAt();
                    case RUNNING -> observed.startedAt();
                    default -> observed.endedAt();
                };
        return since == 0 ? -1 : Math.max(0, System.nanoTime() - since);
    }

    private void forSoLong() {
        long nanos = nanosInState();
        if (nanos >= 0) {
            text.append(", for ").append(describe(nanos));
        }
    }

    static String describe(long nanos) {
        Duration time = Duration.ofNanos(nanos);
        return time.toMillis() < 10_000 ? nanos / 1000 / 1000.0 + " ms" : time.toSeconds() + " s";
    }

    // ---- Before it runs ---------------------------------------------------------------------------------------------

    private void unlaunched() {
        TaskQueue holder = node.owner;
        TaskQueue region = node.region();
        if (awaitsPermit(node)) {
            text.append("is not launched: it waits for room");
        } else if (holder != null) {
            text.append("is not launched: it is held by ").append(describe(holder));
            text.append(", and cannot start before that ends or is launched");
        } else if (region == null || region instanceof DagCore) {
            text.append("is not launched: it is just being spawned");
        } else {
            text.append("is not launched: it is on its way through ").append(describe(region));
            text.append(", whose queue has not handed it on");
        }
        forSoLong();
        String waiters = core == null ? null : core.describePermitWaiters();
        if (waiters != null) {
            text.append("; ").append(waiters);
        }
    }

    private boolean awaitsPermit(Node unlaunched) {
        UnfinishedTaskScan there = scan;
        if (there == null && core != null && core.describePermitWaiters() != null) {
            there = scan(core);
        }
        return there != null && there.awaitsPermit(unlaunched);
    }

    private String describe(TaskQueue queue) {
        RegionInfo known =
                core == null ? null : Diagnostics.of(core).observers().regionOf(queue);
        if (known == null && observed != null && queue == node.region()) {
            known = observed.region();
        }
        if (known != null) {
            return known.toString();
        }
        return SafeToString.of(queue)
                + (QueueStack.isOpenOnThisThread(queue)
                        ? ", opened by this thread, '" + Thread.currentThread().getName() + "'"
                        : "");
    }

    private void waiting() {
        if (node.bodyKind == BodyKind.COMPLETABLE) {
            text.append("waits to be completed from outside: nobody has called complete() or fail() yet");
            forSoLong();
            return;
        }
        Timer backoff = (node.flags & Node.ATTRIBUTES) == 0 ? null : node.attributes().backoffTimer;
        if (backoff != null && backoff.get() == Timer.State.SET) {
            text.append("waits for its next attempt: attempt ")
                    .append(node.attributes().attempts)
                    .append(" has failed, and the back-off before the next one ends in ")
                    .append(describe(backoff.remainingNanos()));
            return;
        }
        List<Blocker> blockers = blockersOf(node);
        text.append("waits");
        forSoLong();
        if (blockers.isEmpty()) {
            int left = node.edgesLeft();
            text.append(
                    left == 0
                            ? ": what it waited for has just ended"
                            : " for " + left
                                    + " edges, none of which is known by name: they are just being wired, or lead to tasks"
                                    + " that only a runtime with diagnostics can name");
            return;
        }
        text.append(": ")
                .append(blockers.stream().limit(MAX_NAMES).map(this::describe).collect(Collectors.joining("; ")));
        if (blockers.size() > MAX_NAMES) {
            text.append("; and ").append(blockers.size() - MAX_NAMES).append(" more");
        }
        blockers.stream()
                .limit(MAX_LISTED)
                .forEach(blocker -> waitsFor.add(new Awaited(
                        blocker.task().displayName(),
                        blocker.task().currentState(),
                        blocker.reason().description())));
    }

    private String describe(Blocker blocker) {
        Node before = blocker.task();
        StringBuilder words =
                new StringBuilder("it " + blocker.reason().description() + " '" + before.displayName() + "' (");
        words.append(before.currentState());
        if (before.owner instanceof DagCore other && other != core) {
            words.append(", of ").append(other);
        } else if (before.isUnlaunched()) {
            TaskQueue holder = before.owner;
            words.append(
                    awaitsPermit(before)
                            ? ", waits for room"
                            : holder == null ? ", not launched yet" : ", held by " + describe(holder));
        }
        words.append(')');
        if (before.isHoldingBack()) {
            words.append(", which will not run but keeps its place in the order");
            List<Blocker> further = blockersOf((TaskNode<?>) before);
            if (!further.isEmpty()) {
                words.append(": ")
                        .append(further.stream()
                                .limit(MAX_NAMES)
                                .map(next -> "that " + next.reason().description() + " '"
                                        + next.task().displayName() + "' ("
                                        + next.task().currentState() + ")")
                                .collect(Collectors.joining(", ")));
            }
        }
        return words.toString();
    }

    /** Returns the blockers of a task: exactly, if they were recorded; otherwise those that can be found. */
    private List<Blocker> blockersOf(TaskNode<?> waiting) {
        TaskRecord noted = TaskRecord.of(waiting);
        List<Node> predecessors = noted == null ? null : noted.predecessors();
        if (noted != null && predecessors != null) {
            List<TaskEdge> edges = noted.edges();
            List<Blocker> blockers = new ArrayList<>();
            for (int i = 0; i < predecessors.size(); i++) {
                if (!predecessors.get(i).isSettled()) {
                    blockers.add(new Blocker(predecessors.get(i), edges.get(i).reason()));
                }
            }
            return blockers;
        }
        List<Blocker> found =
                new ArrayList<>(core == null ? List.of() : scan(core).waitsFor(waiting));
        found.removeIf(blocker -> blocker.task().isSettled());
        Dependencies.forEach(Dependencies.arguments(waiting.inputs), (argument, soft) -> {
            if (!argument.isSettled() && found.stream().noneMatch(blocker -> blocker.task() == argument)) {
                found.add(new Blocker(argument, EdgeReason.ARGUMENT));
            }
        });
        return found;
    }

    private UnfinishedTaskScan scan(DagCore from) {
        UnfinishedTaskScan there = scan;
        if (there == null) {
            there = UnfinishedTaskScan.from(from);
            scan = there;
        }
        return there;
    }

    private void ready() {
        LimitGate limit = (node.flags & Node.ATTRIBUTES) == 0
                ? null
                : (LimitGate) node.attributes().nextLimit();
        if (limit != null) {
            Set<Node> inside = limit.holders();
            text.append("is ready, and waits for a permit of limit '")
                    .append(limit.name())
                    .append("'");
            forSoLong();
            text.append(": ")
                    .append(inside.size())
                    .append(" of ")
                    .append(limit.permits())
                    .append(" permits are taken");
            if (!inside.isEmpty()) {
                text.append(", by ").append(names(inside));
            }
            text.append("; ").append(limit.queueLength()).append(" tasks wait");
            inside.stream()
                    .limit(MAX_LISTED)
                    .forEach(holder -> waitsFor.add(new Awaited(
                            holder.displayName(), holder.currentState(), "waits for a permit that is held by")));
            return;
        }
        text.append("is ready");
        forSoLong();
        if ((node.flags & Node.DEDICATED) != 0) {
            text.append(": a thread of its own is being started");
            return;
        }
        text.append(", and no worker has taken it yet");
        if ((node.flags & Node.ATTRIBUTES) != 0 && node.attributes().priority == Priority.LOW) {
            text.append("; it has a low priority, and most turns go to those with a higher one");
        }
        if (core != null) {
            List<Node> running = scan(core).running();
            text.append(": ").append(scan(core).ready()).append(" tasks are in the ready queue, and ");
            text.append(core.workerCount()).append(" workers run ").append(running.isEmpty() ? "none" : names(running));
            text.append("; a worker that does not block keeps its processor");
        }
    }

    private static String names(Iterable<Node> nodes) {
        List<String> names = new ArrayList<>();
        nodes.forEach(each -> names.add("'" + each.displayName() + "'"));
        String first = names.stream().limit(MAX_NAMES).collect(Collectors.joining(", "));
        return names.size() > MAX_NAMES ? first + " and " + (names.size() - MAX_NAMES) + " more" : first;
    }

    // ---- While it runs ----------------------------------------------------------------------------------------------

    private void running() {
        int number = node.runner();
        Worker worker = core == null ? null : core.workers().find(number);
        Thread runs = worker == null ? null : worker.thread();
        if (worker == null || runs == null) {
            text.append("is running, and about to end");
            return;
        }
        thread = runs;
        text.append("runs on worker ")
                .append(number)
                .append(", virtual thread #")
                .append(runs.threadId());
        forSoLong();
        if (node.cancelRequest() != null) {
            text.append("; it was asked to cancel, and its body has not ended");
        }
        List<Node> tasks = worker.tasks();
        int position = tasks.indexOf(node);
        Link.Waiter waiter = worker.waiting();
        if (position >= 0 && position < tasks.size() - 1) {
            Node inside = tasks.get(position + 1);
            text.append("; it joins '")
                    .append(inside.displayName())
                    .append("', which runs in place, on the same thread");
            waitsFor.add(new Awaited(inside.displayName(), inside.currentState(), "joins"));
        } else if (waiter != null) {
            Node awaited = waiter.awaited;
            text.append("; it is parked in a join() of '")
                    .append(awaited.displayName())
                    .append("' (");
            text.append(awaited.currentState()).append(')');
            waitsFor.add(new Awaited(awaited.displayName(), awaited.currentState(), "joins"));
        } else {
            where(runs);
        }
    }

    private void where(Thread runs) {
        Thread.State threadState = runs.getState();
        if (threadState == Thread.State.RUNNABLE) {
            text.append("; its thread is runnable");
        } else {
            text.append("; its thread is blocked or parked (")
                    .append(threadState)
                    .append(')');
        }
        String initialised = initialisedByJoiner();
        if (initialised != null) {
            text.append(", or waits for the static initialiser of ")
                    .append(initialised)
                    .append(
                            ", which joins this task: until that initialiser has ended, no other thread can use the class");
        }
        for (StackTraceElement frame : runs.getStackTrace()) {
            if (!frame.getClassName().startsWith("java.")
                    && !frame.getClassName().startsWith("jdk.")) {
                text.append(", at ").append(frame);
                break;
            }
        }
    }

    /**
     * Returns the class with a static initialiser that waits for the task, null if there is none. A thread that needs
     * that class waits in the JVM, which calls such a thread runnable.
     */
    private @Nullable String initialisedByJoiner() {
        for (Object at = node.dependents(); at instanceof Link link; at = link.next) {
            Thread joins = link instanceof Link.Waiter waiter ? waiter.thread() : null;
            if (joins != null) {
                for (StackTraceElement frame : joins.getStackTrace()) {
                    if (frame.getMethodName().equals("<clinit>")) {
                        return frame.getClassName();
                    }
                }
            }
        }
        return null;
    }

    // ---- When it is completed ---------------------------------------------------------------------------------------

    private void ended() {
        Object end = node.outcomeOrNull();
        if (!(end instanceof ExceptionalOutcome unsuccessful)) {
            text.append("has succeeded");
            if (observed != null && observed.startedAt() != 0) {
                text.append(", having run for ").append(describe(observed.endedAt() - observed.startedAt()));
            }
            return;
        }
        String what = unsuccessful.describe();
        String own = "task '" + node.name() + "' ";
        text.append(
                switch (state) {
                    case FAILED -> "has failed: " + after(what, "it failed: ");
                    case SKIPPED -> "was skipped, and never ran: " + after(what, "it was skipped: ");
                    default -> after(what, own);
                });
        if (node.isHoldingBack()) {
            text.append(
                    "; it keeps its place in the order: what comes after it waits until what it came after is over");
            blockersOf(node).stream()
                    .limit(MAX_LISTED)
                    .forEach(blocker -> waitsFor.add(new Awaited(
                            blocker.task().displayName(),
                            blocker.task().currentState(),
                            blocker.reason().description())));
        }
    }

    private static String after(String sentence, String beginning) {
        return sentence.startsWith(beginning) ? sentence.substring(beginning.length()) : sentence;
    }
}
