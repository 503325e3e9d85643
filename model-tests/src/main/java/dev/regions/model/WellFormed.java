package dev.regions.model;

import dev.regions.model.Step.Body;
import dev.regions.model.Step.Cancel;
import dev.regions.model.Step.CancelledJoiner;
import dev.regions.model.Step.End;
import dev.regions.model.Step.Extra;
import dev.regions.model.Step.Held;
import dev.regions.model.Step.Join;
import dev.regions.model.Step.Kind;
import dev.regions.model.Step.Link;
import dev.regions.model.Step.Region;
import dev.regions.model.Step.Scope;
import dev.regions.model.Step.Spawn;
import dev.regions.model.Step.Threads;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes any program one that ends, and whose outcome the model can tell, by leaving out or replacing what stands in the
 * way. So what draws programs, and what makes them smaller, need not know the rules:
 *
 * <ul>
 *   <li>A task is known, to be depended on, joined or cancelled, where it was spawned before: by the same thread, by
 *       the one that started it, or by threads that it has waited for. What a body spawns is known inside that body.
 *   <li>Nothing waits while a gate is closed, and nothing waits, on one thread, for the end of a bulk region that
 *       another thread has open. On the thread that has it open, the wait is refused at once, and that is part of the
 *       semantics.
 *   <li>A body that holds a permit of a limit, and one that has a second attempt, takes no steps. A task that is
 *       cancelled while it joins may hold a place: the tasks that it joins need none, and come after none.
 * </ul>
 */
final class WellFormed {
    private final Map<Integer, Integer> numbers = new HashMap<>();
    private int marks;

    private WellFormed() {}

    static Program of(Program program) {
        return new Program(
                new WellFormed().steps(program.steps(), new Place(new Object(), List.of(), true, false), false, set()));
    }

    /** A bulk region that is open, and what it holds, by new numbers. */
    private record OpenBulk(Object thread, Set<Integer> held) {}

    /**
     * Where a step is taken.
     *
     * @param thread stands for the thread that takes it
     * @param bulks those open on the way of a task to the root, outermost first
     */
    private record Place(Object thread, List<OpenBulk> bulks, boolean mayWait, boolean limited) {
        Place inBulk() {
            List<OpenBulk> more = new ArrayList<>(bulks);
            more.add(new OpenBulk(thread, new HashSet<>()));
            return new Place(thread, List.copyOf(more), mayWait, limited);
        }

        Place in(Kind kind) {
            return kind == Kind.BULK ? inBulk() : kind.isLimited() ? new Place(thread, bulks, mayWait, true) : this;
        }

        Place atGate() {
            return new Place(thread, bulks, false, limited);
        }

        Place onAnotherThread() {
            return new Place(new Object(), bulks, mayWait, limited);
        }

        boolean isHere(OpenBulk bulk) {
            return bulk.thread == thread;
        }
    }

    /** Where the steps of a body are taken. */
    private static final Place ROOT = new Place(new Object(), List.of(), true, false);

    private static Set<Integer> set() {
        return new LinkedHashSet<>();
    }

    private List<Step> steps(List<Step> steps, Place place, boolean inScope, Set<Integer> known) {
        List<Step> formed = new ArrayList<>();
        for (Step step : steps) {
            Step one = step(step, place, inScope, known);
            if (one != null) {
                formed.add(one);
            }
        }
        return formed;
    }

    private @Nullable Step step(Step step, Place place, boolean inScope, Set<Integer> known) {
        return switch (step) {
            case Spawn spawn -> spawn(spawn, place, inScope, known);
            case Region region -> region(region, place, known);
            case Scope scope -> scope(scope, place, known);
            case Cancel cancel -> {
                Integer task = numbers.get(cancel.task());
                yield task != null && known.contains(task) ? new Cancel(marks++, task, cancel.interrupts()) : null;
            }
            case Join join -> {
                Integer task = numbers.get(join.task());
                yield task != null && known.contains(task) && mayJoin(task, place) ? new Join(marks++, task) : null;
            }
            case Held held -> held(held, place, known);
            case CancelledJoiner joiner -> cancelledJoiner(joiner, place, known);
            case Threads threads -> threads(threads, place, known);
        };
    }

    private static boolean mayJoin(int task, Place place) {
        OpenBulk holder = null;
        for (OpenBulk bulk : place.bulks) {
            holder = bulk.held.contains(task) ? bulk : holder;
        }
        return holder == null ? place.mayWait : place.isHere(holder);
    }

    private Spawn spawn(Spawn spawn, Place place, boolean inScope, Set<Integer> known) {
        int id = numbers.size();
        numbers.put(spawn.id(), id);
        Body body = spawn.body();
        boolean takesSteps = !place.limited && !body.ending().isRetried();
        Body formed = takesSteps
                ? new Body(
                        steps(
                                body.steps(),
                                new Place(new Object(), List.of(), true, false),
                                false,
                                new LinkedHashSet<>(known)),
                        body.ending(),
                        body.yields())
                : new Body(List.of(), body.ending(), body.yields());
        List<Integer> requires = known(spawn.requires(), known);
        List<Integer> after = known(spawn.after(), known);
        Set<Extra> extras = spawn.extras().isEmpty() ? Set.of() : EnumSet.copyOf(spawn.extras());
        if (extras.contains(Extra.FORKED)) {
            boolean isPlain = extras.size() == 1
                    && requires.isEmpty()
                    && after.isEmpty()
                    && !body.ending().isRetried();
            if (!inScope || !isPlain) {
                extras.remove(Extra.FORKED);
            }
        }
        if (extras.contains(Extra.HIGH_PRIORITY)) {
            extras.remove(Extra.LOW_PRIORITY);
        }
        Spawn result = new Spawn(id, known(spawn.arguments(), known), requires, after, formed, extras);
        known.add(id);
        place.bulks.forEach(bulk -> bulk.held.add(id));
        return result;
    }

    private List<Integer> known(List<Integer> tasks, Set<Integer> known) {
        return tasks.stream()
                .map(numbers::get)
                .filter(task -> task != null && known.contains(task))
                .distinct()
                .toList();
    }

    private Region region(Region region, Place place, Set<Integer> known) {
        int mark = marks++;
        Kind kind = region.kind();
        if (kind == Kind.JOINED) {
            if (place.bulks.stream().anyMatch(place::isHere)) {
                return new Region(mark, kind, List.of(), false); // is refused
            }
            if (!place.mayWait || !place.bulks.isEmpty()) {
                kind = Kind.PASSING;
            }
        }
        return new Region(mark, kind, steps(region.steps(), place.in(kind), false, known), region.givenUp());
    }

    private Scope scope(Scope scope, Place place, Set<Integer> known) {
        int mark = marks++;
        boolean mayJoin = place.mayWait && place.bulks.isEmpty();
        End end = scope.end() == End.JOIN && !mayJoin || !place.mayWait ? End.LAUNCH : scope.end();
        return new Scope(mark, scope.kind(), steps(scope.steps(), place.in(scope.kind()), true, known), end);
    }

    private Held held(Held held, Place place, Set<Integer> known) {
        int mark = marks++;
        Body ending = new Body(
                List.of(),
                held.gate().body().ending().isRetried()
                        ? Step.Ending.RETURN
                        : held.gate().body().ending(),
                false);
        Spawn drawn = held.gate();
        Spawn plain = new Spawn(drawn.id(), drawn.arguments(), drawn.requires(), drawn.after(), ending, drawn.extras());
        Spawn gate = spawn(plain, place, false, known);
        boolean cancelled = held.cancelled() && place.mayWait && place.bulks.isEmpty();
        return new Held(mark, gate, steps(held.steps(), place.atGate(), false, known), cancelled);
    }

    /** Where the thread may not wait, the task is spawned with the others inside, and not cancelled. */
    private Step cancelledJoiner(CancelledJoiner joiner, Place place, Set<Integer> known) {
        if (!place.mayWait || !place.bulks.isEmpty() || joiner.links().isEmpty()) {
            return spawn(joiner.whole(), place, false, known);
        }
        int mark = marks++;
        Spawn outermost = spawn(withoutSteps(joiner.outermost()), place, false, known);
        List<Link> links = new ArrayList<>();
        for (Link link : joiner.links()) {
            int linkMark = marks++;
            Spawn drawn = withoutSteps(link.task());
            Spawn plain = new Spawn(drawn.id(), List.of(), List.of(), List.of(), drawn.body(), drawn.extras());
            links.add(new Link(linkMark, link.waiting(), spawn(plain, ROOT, false, set())));
        }
        int level = Math.max(0, Math.min(joiner.level(), links.size() - 1));
        List<Step> steps = steps(joiner.steps(), place.atGate(), false, known);
        List<Step> then = steps(joiner.then(), place.atGate(), false, known);
        return new CancelledJoiner(mark, outermost, links, level, joiner.canceller(), joiner.twice(), steps, then);
    }

    private static Spawn withoutSteps(Spawn spawn) {
        Step.Ending ending = spawn.body().ending();
        Body body = new Body(
                List.of(),
                ending.isRetried() ? Step.Ending.RETURN : ending,
                spawn.body().yields());
        return new Spawn(spawn.id(), spawn.arguments(), spawn.requires(), spawn.after(), body, spawn.extras());
    }

    private Threads threads(Threads threads, Place place, Set<Integer> known) {
        int mark = marks++;
        List<List<Step>> branches = new ArrayList<>();
        Set<Integer> before = new LinkedHashSet<>(known);
        for (List<Step> branch : threads.branches()) {
            Set<Integer> here = new LinkedHashSet<>(before);
            branches.add(steps(branch, place.onAnotherThread(), false, here));
            known.addAll(here);
        }
        return new Threads(mark, branches);
    }
}
