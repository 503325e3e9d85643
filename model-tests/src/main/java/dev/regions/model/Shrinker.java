package dev.regions.model;

import dev.regions.model.Step.Body;
import dev.regions.model.Step.Cancel;
import dev.regions.model.Step.CancelledJoiner;
import dev.regions.model.Step.Canceller;
import dev.regions.model.Step.End;
import dev.regions.model.Step.Ending;
import dev.regions.model.Step.Held;
import dev.regions.model.Step.Join;
import dev.regions.model.Step.Link;
import dev.regions.model.Step.Region;
import dev.regions.model.Step.Scope;
import dev.regions.model.Step.Spawn;
import dev.regions.model.Step.Threads;
import dev.regions.model.Step.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Makes a failing program smaller as long as it goes on failing: leaves out steps, takes regions off what is in them,
 * and simplifies what is left. (Delta debugging, after Andreas Zeller and Ralf Hildebrandt, "Simplifying and Isolating
 * Failure-Inducing Input", 2002, on a tree.)
 *
 * <p>In place of jqwik's shrinking, for a failure may depend on chance: each smaller program is tried several times
 * before it is taken for one that does not fail.
 */
final class Shrinker {
    private final Predicate<Program> fails;
    private final long deadline;
    private final Set<Program> tried = new HashSet<>();

    /**
     * Makes a shrinker.
     *
     * @param fails tells whether a well-formed program fails, as far as one can tell
     * @param time how long to go on trying
     */
    Shrinker(Predicate<Program> fails, Duration time) {
        this.fails = fails;
        this.deadline = System.nanoTime() + time.toNanos();
    }

    /** Returns the smallest failing program that was found; the given one if none is smaller. */
    Program shrink(Program program) {
        Program smallest = program;
        while (true) {
            Program smaller = smaller(smallest);
            if (smaller == null) {
                return smallest;
            }
            smallest = smaller;
        }
    }

    private @Nullable Program smaller(Program program) {
        for (List<Step> steps : ofSteps(program.steps())) {
            Program candidate = WellFormed.of(new Program(steps));
            if (cost(candidate.steps()) < cost(program.steps()) && tried.add(candidate)) {
                if (System.nanoTime() - deadline > 0) {
                    return null;
                }
                if (fails.test(candidate)) {
                    return candidate;
                }
            }
        }
        return null;
    }

    // ---- Variations: each list is the program, or a part of it, with one thing changed ------------------------------

    private static List<List<Step>> ofSteps(List<Step> steps) {
        List<List<Step>> variations = new ArrayList<>();
        for (int length = steps.size(); length > 0; length /= 2) {
            for (int from = 0; from + length <= steps.size(); from += length) {
                variations.add(replaced(steps, from, from + length, List.of()));
            }
        }
        for (int i = 0; i < steps.size(); i++) {
            for (List<Step> instead : ofStep(steps.get(i))) {
                variations.add(replaced(steps, i, i + 1, instead));
            }
        }
        return variations;
    }

    private static List<Step> replaced(List<Step> steps, int from, int to, List<Step> instead) {
        List<Step> result = new ArrayList<>(steps.subList(0, from));
        result.addAll(instead);
        result.addAll(steps.subList(to, steps.size()));
        return result;
    }

    /** What may stand in place of a step. */
    private static List<List<Step>> ofStep(Step step) {
        List<List<Step>> instead = new ArrayList<>();
        switch (step) {
            case Spawn spawn -> {
                ofSpawn(spawn).forEach(variation -> instead.add(List.of(variation)));
                if (!spawn.body().steps().isEmpty()) {
                    List<Step> inLine = new ArrayList<>();
                    inLine.add(withBody(spawn, Body.PLAIN));
                    inLine.addAll(spawn.body().steps());
                    instead.add(inLine);
                    instead.add(spawn.body().steps());
                }
            }
            case Region region -> {
                instead.add(region.steps());
                UnaryOperator<Region> kept = r -> new Region(r.mark(), r.kind(), r.steps(), false);
                instead.add(List.of(kept.apply(region)));
                inside(region.steps(), s -> new Region(region.mark(), region.kind(), s, region.givenUp()), instead);
            }
            case Scope scope -> {
                instead.add(scope.steps());
                instead.add(List.of(new Region(scope.mark(), scope.kind(), scope.steps(), scope.end() == End.THROW)));
                instead.add(List.of(new Scope(scope.mark(), scope.kind(), scope.steps(), End.LAUNCH)));
                inside(scope.steps(), s -> new Scope(scope.mark(), scope.kind(), s, scope.end()), instead);
            }
            case Held held -> {
                List<Step> inLine = new ArrayList<>();
                inLine.add(held.gate());
                inLine.addAll(held.steps());
                instead.add(inLine);
                instead.add(List.of(new Held(held.mark(), held.gate(), held.steps(), false)));
                for (Spawn gate : ofSpawn(held.gate())) {
                    instead.add(List.of(new Held(held.mark(), gate, held.steps(), held.cancelled())));
                }
                inside(held.steps(), s -> new Held(held.mark(), held.gate(), s, held.cancelled()), instead);
            }
            case Threads threads -> {
                List<List<Step>> branches = threads.branches();
                instead.add(branches.stream().flatMap(List::stream).toList());
                for (int i = 0; i < branches.size(); i++) {
                    List<List<Step>> fewer = new ArrayList<>(branches);
                    fewer.remove(i);
                    instead.add(List.of(new Threads(threads.mark(), fewer)));
                    int at = i;
                    inside(
                            branches.get(i),
                            s -> {
                                List<List<Step>> changed = new ArrayList<>(branches);
                                changed.set(at, s);
                                return new Threads(threads.mark(), changed);
                            },
                            instead);
                }
            }
            case CancelledJoiner joiner -> ofJoiner(joiner).forEach(instead::add);
            case Cancel cancel -> instead.add(List.of(new Cancel(cancel.mark(), cancel.task(), true)));
            case Join join -> {}
        }
        return instead;
    }

    private static List<List<Step>> ofJoiner(CancelledJoiner joiner) {
        List<List<Step>> instead = new ArrayList<>();
        List<Step> inLine = new ArrayList<>();
        inLine.add(joiner.whole());
        inLine.addAll(joiner.steps());
        inLine.addAll(joiner.then());
        instead.add(inLine);
        List<Link> links = joiner.links();
        for (int i = 0; links.size() > 1 && i < links.size(); i++) {
            List<Link> fewer = new ArrayList<>(links);
            fewer.remove(i);
            instead.add(List.of(with(joiner, joiner.outermost(), fewer, Math.max(0, joiner.level() - 1))));
            instead.add(List.of(with(joiner, joiner.outermost(), fewer, Math.min(joiner.level(), fewer.size() - 1))));
        }
        for (Spawn outermost : ofSpawn(joiner.outermost())) {
            instead.add(List.of(with(joiner, outermost, links, joiner.level())));
        }
        for (int i = 0; i < links.size(); i++) {
            Link link = links.get(i);
            List<Link> changed = new ArrayList<>(links);
            changed.set(i, new Link(link.mark(), Waiting.HANDLE, link.task()));
            instead.add(List.of(with(joiner, joiner.outermost(), changed, joiner.level())));
            for (Spawn task : ofSpawn(link.task())) {
                changed.set(i, new Link(link.mark(), link.waiting(), task));
                instead.add(List.of(with(joiner, joiner.outermost(), changed, joiner.level())));
            }
        }
        instead.add(List.of(how(joiner, Canceller.THREAD, joiner.twice(), joiner.steps(), joiner.then())));
        instead.add(List.of(how(joiner, joiner.canceller(), false, joiner.steps(), joiner.then())));
        inside(joiner.steps(), s -> how(joiner, joiner.canceller(), joiner.twice(), s, joiner.then()), instead);
        inside(joiner.then(), s -> how(joiner, joiner.canceller(), joiner.twice(), joiner.steps(), s), instead);
        return instead;
    }

    private static CancelledJoiner with(CancelledJoiner joiner, Spawn outermost, List<Link> links, int level) {
        return new CancelledJoiner(
                joiner.mark(),
                outermost,
                links,
                level,
                joiner.canceller(),
                joiner.twice(),
                joiner.steps(),
                joiner.then());
    }

    private static CancelledJoiner how(
            CancelledJoiner joiner, Canceller canceller, boolean twice, List<Step> steps, List<Step> then) {
        return new CancelledJoiner(
                joiner.mark(), joiner.outermost(), joiner.links(), joiner.level(), canceller, twice, steps, then);
    }

    private static void inside(List<Step> steps, Function<List<Step>, Step> around, List<List<Step>> instead) {
        ofSteps(steps).forEach(variation -> instead.add(List.of(around.apply(variation))));
    }

    private static List<Spawn> ofSpawn(Spawn spawn) {
        List<Spawn> variations = new ArrayList<>();
        Body body = spawn.body();
        variations.add(new Spawn(spawn.id(), List.of(), List.of(), List.of(), Body.PLAIN, Set.of()));
        variations.add(withBody(spawn, Body.PLAIN));
        variations.add(withBody(spawn, new Body(body.steps(), Ending.RETURN, body.yields())));
        variations.add(withBody(spawn, new Body(body.steps(), Ending.THROW_EXCEPTION, body.yields())));
        variations.add(withBody(spawn, new Body(body.steps(), body.ending(), false)));
        for (List<Step> steps : ofSteps(body.steps())) {
            variations.add(withBody(spawn, new Body(steps, body.ending(), body.yields())));
        }
        variations.add(
                new Spawn(spawn.id(), spawn.arguments(), spawn.requires(), spawn.after(), spawn.body(), Set.of()));
        for (int i = 0; i < spawn.arguments().size(); i++) {
            variations.add(new Spawn(
                    spawn.id(), without(spawn.arguments(), i), spawn.requires(), spawn.after(), body, spawn.extras()));
        }
        for (int i = 0; i < spawn.requires().size(); i++) {
            variations.add(new Spawn(
                    spawn.id(), spawn.arguments(), without(spawn.requires(), i), spawn.after(), body, spawn.extras()));
        }
        for (int i = 0; i < spawn.after().size(); i++) {
            variations.add(new Spawn(
                    spawn.id(), spawn.arguments(), spawn.requires(), without(spawn.after(), i), body, spawn.extras()));
        }
        return variations;
    }

    private static Spawn withBody(Spawn spawn, Body body) {
        return new Spawn(spawn.id(), spawn.arguments(), spawn.requires(), spawn.after(), body, spawn.extras());
    }

    private static List<Integer> without(List<Integer> list, int index) {
        List<Integer> shorter = new ArrayList<>(list);
        shorter.remove(index);
        return shorter;
    }

    // ---- How large a program is -------------------------------------------------------------------------------------

    /** Steps count most, then what makes one less plain. */
    private static int cost(List<Step> steps) {
        int cost = 0;
        for (Step step : steps) {
            cost += 20;
            cost += switch (step) {
                case Spawn spawn -> cost(spawn);
                case Region region -> cost(region.steps()) + (region.givenUp() ? 1 : 0);
                case Scope scope -> cost(scope.steps()) + (scope.end() == End.LAUNCH ? 1 : 2);
                case Held held -> 20 + cost(held.gate()) + cost(held.steps()) + (held.cancelled() ? 1 : 0);
                case CancelledJoiner joiner ->
                    40 // more than the tasks by themselves
                            + cost(List.of(joiner.whole()))
                            + joiner.links().stream()
                                    .mapToInt(link -> link.waiting().ordinal())
                                    .sum()
                            + joiner.level()
                            + joiner.canceller().ordinal()
                            + (joiner.twice() ? 1 : 0)
                            + cost(joiner.steps())
                            + cost(joiner.then());
                case Threads threads ->
                    threads.branches().stream()
                            .mapToInt(branch -> 1 + cost(branch))
                            .sum();
                case Cancel cancel -> cancel.interrupts() ? 0 : 1;
                case Join join -> 0;
            };
        }
        return cost;
    }

    private static int cost(Spawn spawn) {
        Body body = spawn.body();
        int ending = body.ending() == Ending.RETURN ? 0 : body.ending() == Ending.THROW_EXCEPTION ? 1 : 2;
        return spawn.arguments().size()
                + spawn.requires().size()
                + spawn.after().size()
                + spawn.extras().size()
                + ending
                + (body.yields() ? 1 : 0)
                + body.steps().size() // rather outside of the body
                + cost(body.steps());
    }
}
