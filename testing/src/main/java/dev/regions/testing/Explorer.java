package dev.regions.testing;

import dev.regions.queue.RegionAction;
import dev.regions.testing.Exploration.Random;
import dev.regions.testing.Exploration.Replay;
import dev.regions.testing.Exploration.Systematic;
import java.util.List;

/** Runs the schedules of an exploration, one by one. Used by one thread at a time. */
final class Explorer {
    private final Exploration how;
    private final SleepSets sleepSets;

    private int advanced;
    private int played;
    private int redundant;
    private boolean failed;
    private boolean exhausted;
    private List<String> order = List.of();

    Explorer(Exploration how) {
        this.how = how;
        this.sleepSets = new SleepSets(how.independence());
    }

    /** Advances to the next schedule; returns false if there is none, or the last one has failed or was not played. */
    boolean advance() {
        if (failed || played < advanced || !hasNext()) {
            return false;
        }
        advanced++;
        return true;
    }

    private boolean hasNext() {
        return switch (how.plan()) {
            case Random random -> advanced < random.count();
            case Replay replay -> advanced == 0;
            case Systematic systematic -> {
                exhausted = advanced > 0 && !sleepSets.next();
                yield !exhausted && advanced < systematic.most();
            }
        };
    }

    /** Returns the name of the current schedule. */
    String label() {
        return switch (how.plan()) {
            case Random random -> "the schedule of seed " + seed(random);
            case Replay replay -> "the replayed schedule";
            case Systematic systematic -> "schedule " + advanced;
        };
    }

    private long seed(Random random) {
        return random.first() + advanced - 1;
    }

    private Chooser chooser() {
        return switch (how.plan()) {
            case Random random -> Chooser.random(seed(random));
            case Replay replay -> replay.trace().chooser();
            case Systematic systematic -> sleepSets;
        };
    }

    /**
     * Runs a body in the current schedule.
     *
     * @throws ScheduleFailedError if it fails
     */
    void play(RegionAction<?> body) {
        Schedule schedule = new Schedule(how, chooser());
        Throwable failure = schedule.run(body);
        order = schedule.order();
        if (failure != null) {
            failed = true;
            throw schedule.error(label(), failure);
        }
        played++;
        if (how.plan() instanceof Systematic && sleepSets.wasRedundant()) {
            redundant++;
        }
    }

    /** Returns the steps of the schedule played last, in order. */
    List<String> order() {
        return order;
    }

    /** Returns true if the schedule played last was found to be equivalent to an earlier one. */
    boolean wasRedundant() {
        return sleepSets.wasRedundant();
    }

    ExplorationReport report() {
        return new ExplorationReport(played, redundant, exhausted);
    }
}
