package dev.regions.model;

import dev.regions.queue.ChainPolicy;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a program: what one thread does next. Plain data. Tasks have numbers, and so has everything else whose
 * outcome is looked at afterwards: its mark.
 */
sealed interface Step {

    /** A kind of region. */
    enum Kind {
        BULK,
        SEQUENTIAL,
        CONTINUING,
        JOINED,
        WITHIN,
        LIMITED_TO_ONE,
        LIMITED_TO_TWO,
        /** A queue of the user's own that hands everything on as it is. */
        PASSING;

        boolean isLimited() {
            return this == LIMITED_TO_ONE || this == LIMITED_TO_TWO;
        }

        int places() {
            return this == LIMITED_TO_ONE ? 1 : 2;
        }

        /** The policy of a sequential region, null for other kinds. */
        @Nullable
        ChainPolicy policy() {
            return this == SEQUENTIAL ? ChainPolicy.SKIP_REST : this == CONTINUING ? ChainPolicy.CONTINUE : null;
        }
    }

    /** How a scope ends. */
    enum End {
        JOIN,
        LAUNCH,
        /** Closed after neither: an error. */
        NEITHER,
        /** The body throws. */
        THROW
    }

    /** How a body ends. */
    enum Ending {
        RETURN,
        THROW_EXCEPTION,
        THROW_ERROR,
        /** Of two attempts, the first throws. */
        SECOND_ATTEMPT_RETURNS,
        /** Of two attempts, both throw. */
        SECOND_ATTEMPT_THROWS;

        boolean isRetried() {
            return this == SECOND_ATTEMPT_RETURNS || this == SECOND_ATTEMPT_THROWS;
        }

        boolean succeeds() {
            return this == RETURN || this == SECOND_ATTEMPT_RETURNS;
        }
    }

    /** What may be said of a task that must change nothing here. */
    enum Extra {
        NAMED,
        HIGH_PRIORITY,
        LOW_PRIORITY,
        DEDICATED_THREAD,
        /** Final within an hour. */
        DEADLINE,
        /** May run for an hour. */
        TIMEOUT,
        /** Spawned by {@code fork} of the scope, rather than by {@code Tasks}. */
        FORKED
    }

    /**
     * What a task does: steps of its own, outside of the regions around the spawn, and then its end.
     *
     * @param yields whether it lets other threads go first
     */
    record Body(List<Step> steps, Ending ending, boolean yields) {
        static final Body PLAIN = new Body(List.of(), Ending.RETURN, false);

        public Body {
            steps = List.copyOf(steps);
        }
    }

    /** Spawns a task; its result is its number plus its arguments. The lists hold numbers of tasks. */
    record Spawn(
            int id, List<Integer> arguments, List<Integer> requires, List<Integer> after, Body body, Set<Extra> extras)
            implements Step {
        public Spawn {
            arguments = List.copyOf(arguments);
            requires = List.copyOf(requires);
            after = List.copyOf(after);
            extras = Set.copyOf(extras);
        }

        Spawn withSteps(List<Step> steps) {
            return new Spawn(id, arguments, requires, after, new Body(steps, body.ending(), body.yields()), extras);
        }
    }

    /** A region in block form. If it is given up, its body throws at the end. */
    record Region(int mark, Kind kind, List<Step> steps, boolean givenUp) implements Step {
        public Region {
            steps = List.copyOf(steps);
        }
    }

    /** A region in scope form. */
    record Scope(int mark, Kind kind, List<Step> steps, End end) implements Step {
        public Scope {
            steps = List.copyOf(steps);
        }
    }

    /** Cancels a task. */
    record Cancel(int mark, int task, boolean interrupts) implements Step {}

    /** Waits for a task. */
    record Join(int mark, int task) implements Step {}

    /**
     * Spawns a task whose body waits at a gate, takes steps, and opens the gate. Whatever depends on that task cannot
     * have started during the steps.
     *
     * @param cancelled whether the task is cancelled, in the end, while its body waits, before the gate opens
     */
    record Held(int mark, Spawn gate, List<Step> steps, boolean cancelled) implements Step {
        public Held {
            steps = List.copyOf(steps);
        }
    }

    /** How a body waits for a task that it spawns. */
    enum Waiting {
        /** Outside of the regions around, and with {@code join()} of its handle. */
        HANDLE,
        /** As the only task of a joined region. */
        REGION,
        /** As the only task of a scope that is joined. */
        SCOPE,
        /** As the only task of a bulk scope that is joined. */
        BULK_SCOPE;

        boolean isRegion() {
            return this != HANDLE;
        }
    }

    /** A task that the body of another one spawns and waits for. */
    record Link(int mark, Waiting waiting, Spawn task) {}

    /** Where {@code cancel()} is called. */
    enum Canceller {
        /** On the thread that takes the step. */
        THREAD,
        /** In the body of another task. */
        TASK,
        /** In the body of the task at the gate. */
        INNERMOST
    }

    /**
     * Spawns a task that spawns another one and waits for it, and so on; the innermost waits at a gate. When that is
     * reached, takes steps, cancels one of those that wait, sees that it becomes final although the gate is closed,
     * takes other steps, and opens the gate.
     *
     * @param links the tasks inside the outermost; none of these and of the outermost has steps of its own
     * @param level which one is cancelled: 0 for the outermost, and never the innermost
     * @param twice whether that one is cancelled without an interrupt before
     * @param steps taken before the task is cancelled
     * @param then taken when it is final
     */
    record CancelledJoiner(
            int mark,
            Spawn outermost,
            List<Link> links,
            int level,
            Canceller canceller,
            boolean twice,
            List<Step> steps,
            List<Step> then)
            implements Step {
        public CancelledJoiner {
            links = List.copyOf(links);
            steps = List.copyOf(steps);
            then = List.copyOf(then);
        }

        /** Returns the outermost task with the others in its body. */
        Spawn whole() {
            Spawn inner = innermost();
            for (int i = links.size() - 1; i >= 0; i--) {
                Link link = links.get(i);
                List<Step> waits =
                        switch (link.waiting) {
                            case HANDLE -> List.of(inner, new Join(link.mark, inner.id()));
                            case REGION -> List.of(new Region(link.mark, Kind.JOINED, List.of(inner), false));
                            case SCOPE -> List.of(new Scope(link.mark, Kind.JOINED, List.of(inner), End.JOIN));
                            case BULK_SCOPE -> List.of(new Scope(link.mark, Kind.BULK, List.of(inner), End.JOIN));
                        };
                inner = at(i).withSteps(waits);
            }
            return inner;
        }

        Spawn innermost() {
            return at(links.size());
        }

        /** Returns the task at a level, 0 for the outermost. */
        Spawn at(int level) {
            return level == 0 ? outermost : links.get(level - 1).task;
        }
    }

    /** Several threads at once, which spawn into the region around them; waits for the threads. */
    record Threads(int mark, List<List<Step>> branches) implements Step {
        public Threads {
            branches = branches.stream().map(List::copyOf).toList();
        }
    }
}
