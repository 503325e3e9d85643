package dev.regions.model;

import dev.regions.model.Step.Body;
import dev.regions.model.Step.Cancel;
import dev.regions.model.Step.CancelledJoiner;
import dev.regions.model.Step.Canceller;
import dev.regions.model.Step.End;
import dev.regions.model.Step.Ending;
import dev.regions.model.Step.Extra;
import dev.regions.model.Step.Held;
import dev.regions.model.Step.Join;
import dev.regions.model.Step.Kind;
import dev.regions.model.Step.Link;
import dev.regions.model.Step.Region;
import dev.regions.model.Step.Scope;
import dev.regions.model.Step.Spawn;
import dev.regions.model.Step.Threads;
import dev.regions.model.Step.Waiting;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Draws programs of up to some thirty tasks. Knows nothing of what makes sense: {@link WellFormed} does. */
final class ProgramGenerator {
    private static final int MAX_TASKS = 30;
    private static final int MAX_DEPTH = 5;

    private final Random random;
    private final int most;
    /** Between programs in which nearly nothing fails and such in which much does. */
    private final int failsOneIn;

    private int tasks;

    private ProgramGenerator(Random random) {
        this.random = random;
        this.most = 1 + random.nextInt(MAX_TASKS);
        this.failsOneIn = 3 + random.nextInt(30);
    }

    static Program draw(Random random) {
        ProgramGenerator generator = new ProgramGenerator(random);
        List<Step> steps = new ArrayList<>();
        while (generator.tasks < generator.most) {
            steps.add(generator.step(MAX_DEPTH));
        }
        return WellFormed.of(new Program(steps));
    }

    private boolean oneIn(int chances) {
        return random.nextInt(chances) == 0;
    }

    private <T> T oneOf(T[] all) {
        return all[random.nextInt(all.length)];
    }

    private List<Step> steps(int depth) {
        List<Step> steps = new ArrayList<>();
        for (int left = random.nextInt(5); left > 0 && tasks < most; left--) {
            steps.add(step(depth));
        }
        return steps;
    }

    private Step step(int depth) {
        int kind = random.nextInt(24);
        if (depth > 0) {
            switch (kind) {
                case 0, 1, 2, 3 -> {
                    return new Region(0, kind(), steps(depth - 1), oneIn(12));
                }
                case 4, 5 -> {
                    return new Scope(0, kind(), steps(depth - 1), end());
                }
                case 6 -> {
                    return new Held(0, spawn(0), steps(depth - 1), oneIn(3));
                }
                case 7 -> {
                    List<List<Step>> branches = new ArrayList<>();
                    for (int left = 2 + random.nextInt(2); left > 0; left--) {
                        branches.add(steps(depth - 1));
                    }
                    return new Threads(0, branches);
                }
                case 20, 21 -> {
                    return joinsItsOwn(1 + random.nextInt(6), depth);
                }
                case 22, 23 -> {
                    return cancelledJoiner(depth);
                }
                default -> {}
            }
        }
        if (tasks > 0 && kind >= 17 && kind < 20) {
            return kind == 17 ? new Cancel(0, pick(), !oneIn(4)) : new Join(0, pick());
        }
        return spawn(depth);
    }

    /**
     * A task whose body spawns another one and joins it at once, several levels deep: it then runs in place, as a rule.
     */
    private Spawn joinsItsOwn(int levels, int depth) {
        Spawn task = spawn(0);
        if (levels == 0) {
            return oneIn(4) ? task.withSteps(steps(depth - 1)) : task;
        }
        List<Step> steps = new ArrayList<>();
        for (int left = oneIn(4) ? 2 : 1; left > 0; left--) {
            Spawn inner = joinsItsOwn(left > 1 ? 0 : levels - 1, depth);
            int kind = random.nextInt(6);
            steps.addAll(
                    switch (kind) {
                        case 0 -> List.of(new Region(0, Kind.JOINED, List.of(inner), oneIn(12)));
                        case 1 -> List.of(new Scope(0, oneOf(Kind.values()), List.of(inner), End.JOIN));
                        default -> List.of(inner, new Join(0, inner.id()));
                    });
        }
        return task.withSteps(steps);
    }

    private CancelledJoiner cancelledJoiner(int depth) {
        Spawn outermost = spawn(0);
        List<Link> links = new ArrayList<>();
        for (int left = oneIn(2) ? 1 : 1 + random.nextInt(4); left > 0; left--) {
            links.add(new Link(0, oneIn(2) ? Waiting.HANDLE : oneOf(Waiting.values()), spawn(0)));
        }
        return new CancelledJoiner(
                0,
                outermost,
                links,
                oneIn(2) ? 0 : random.nextInt(links.size()),
                oneOf(Canceller.values()),
                oneIn(6),
                steps(depth - 1),
                oneIn(2) ? steps(depth - 1) : List.of());
    }

    /** The two that matter most are drawn most. */
    private Kind kind() {
        return oneIn(2) ? oneIn(2) ? Kind.BULK : Kind.SEQUENTIAL : oneOf(Kind.values());
    }

    private End end() {
        return oneIn(4) ? oneOf(End.values()) : oneIn(2) ? End.JOIN : End.LAUNCH;
    }

    private Spawn spawn(int depth) {
        int id = tasks++;
        Ending ending = oneIn(failsOneIn) ? oneOf(Ending.values()) : Ending.RETURN;
        List<Step> steps = depth > 0 && oneIn(5) ? steps(depth - 1) : List.of();
        Set<Extra> extras = EnumSet.noneOf(Extra.class);
        if (oneIn(4)) {
            extras.add(oneOf(Extra.values()));
        }
        if (oneIn(2)) {
            extras.add(Extra.FORKED);
        }
        return new Spawn(
                id, picks(id, 3, 3), picks(id, 4, 2), picks(id, 4, 2), new Body(steps, ending, oneIn(4)), extras);
    }

    private List<Integer> picks(int before, int chances, int atMost) {
        List<Integer> picks = new ArrayList<>();
        if (before > 0 && oneIn(chances)) {
            for (int left = 1 + random.nextInt(oneIn(6) ? atMost + 3 : atMost); left > 0; left--) {
                picks.add(recent(before));
            }
        }
        return picks;
    }

    private int pick() {
        return recent(tasks);
    }

    /** As often as not, one of the last few. */
    private int recent(int before) {
        return oneIn(2) ? random.nextInt(before) : before - 1 - random.nextInt(Math.min(before, 4));
    }
}
