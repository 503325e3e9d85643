package dev.regions.benchmarks.scaling;

/**
 * Where threads race for a word of the core, by an atomic step that only one of them makes at a time. Those that cannot
 * fail, such as the fetch-and-add of the producers' counter, are not here: what they cost shows in the time alone.
 */
enum Place {
    SLOT(
            "ReadyQueue",
            "SLOT.compareAndSet(last.slots, index, null, node)",
            "SLOT.compareAndSet(last.slots, index, null, node)",
            "slots filled too late",
            "a producer came to its slot of the ready queue after the consumer had given it up"),
    RESERVATION(
            "ReadyQueue",
            "COUNTER.compareAndSet(counters, POLLED, from, from + by)",
            "COUNTER.compareAndSet(counters, POLLED, from, from + by)",
            "reservations",
            "another consumer has reserved the same tasks of the ready queue"),
    SEGMENT(
            "ReadyQueue",
            "NEXT.compareAndSet(full, null, fresh)",
            "NEXT.compareAndSet(full, null, fresh)",
            "segments",
            "another producer has appended a segment to the ready queue"),
    DEQUE(
            "WorkerDeque",
            "SLOT.compareAndSet(slots, i, node, null)",
            "SLOT.compareAndSet(slots, i, node, null)",
            "deques",
            "another worker has taken the same task of a deque, or its own has joined it"),
    STANDBY(
            "WorkerPool",
            "if (!standby.set && STANDBY.compareAndSet(standby, false, true))",
            "STANDBY.compareAndSet(standby, false, true)",
            "standby",
            "another producer has set the standby flag, and sees to a worker"),
    CLAIM(
            "Node",
            "STATUS.compareAndSet(this, READY, -worker)",
            "STATUS.compareAndSet(this, READY, -worker)",
            "claims",
            "another worker, or a join in place, has the task"),
    LINK(
            "DependentStack",
            "OUTCOME.compareAndSet(this, word, onTop(link, (Dependent) word))",
            "OUTCOME.compareAndSet(this, word, onTop(link, (Dependent) word))",
            "links",
            "another link was hung on the same task, or it ended"),
    END(
            "Node",
            "OUTCOME.compareAndSet(this, word, end)",
            "OUTCOME.compareAndSet(this, word, end)",
            "ends",
            "a link was hung on a task while it ended"),
    INTAKE(
            "SubmissionQueue",
            "!consuming && CONSUMING.compareAndSet(this, false, true)",
            "!consuming && CONSUMING.compareAndSet(this, false, true)",
            "intake",
            "another thread wires, and gets the submission left to it");

    /** The class of the core, whose source is changed. */
    final String owner;
    /** A text that is in the source once. */
    final String context;
    /** The part of it that is the attempt. */
    final String attempt;

    final String title;
    final String meaning;

    Place(String owner, String context, String attempt, String title, String meaning) {
        this.owner = owner;
        this.context = context;
        this.attempt = attempt;
        this.title = title;
        this.meaning = meaning;
    }

    /**
     * Has the attempt counted in the source of its class.
     *
     * @throws IllegalStateException if the source has moved on
     */
    String countIn(String source) {
        int at = source.indexOf(context);
        if (at < 0 || source.indexOf(context, at + 1) >= 0) {
            throw new IllegalStateException("to count " + title + ", this must be in " + owner
                    + ".java exactly once; find what has become of it: " + context);
        }
        String counted = FailedAttempts.class.getName() + ".note(" + ordinal() + ", " + attempt + ")";
        return source.substring(0, at) + context.replace(attempt, counted) + source.substring(at + context.length());
    }
}
