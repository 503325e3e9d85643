package dev.regions.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.model.Step.Body;
import dev.regions.model.Step.Cancel;
import dev.regions.model.Step.CancelledJoiner;
import dev.regions.model.Step.Canceller;
import dev.regions.model.Step.End;
import dev.regions.model.Step.Ending;
import dev.regions.model.Step.Held;
import dev.regions.model.Step.Join;
import dev.regions.model.Step.Kind;
import dev.regions.model.Step.Link;
import dev.regions.model.Step.Region;
import dev.regions.model.Step.Scope;
import dev.regions.model.Step.Spawn;
import dev.regions.model.Step.Threads;
import dev.regions.model.Step.Waiting;
import dev.regions.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The model itself, without the runtime: small programs whose outcome one can tell by reading the semantics. */
@DisplayName("The model says that")
class ModelRulesTest {
    private int ids;

    private Spawn task() {
        return new Spawn(ids++, List.of(), List.of(), List.of(), Body.PLAIN, Set.of());
    }

    private Spawn failing() {
        return new Spawn(
                ids++, List.of(), List.of(), List.of(), new Body(List.of(), Ending.THROW_EXCEPTION, false), Set.of());
    }

    private Spawn requiring(int... others) {
        List<Integer> requires = java.util.Arrays.stream(others).boxed().toList();
        return new Spawn(ids++, List.of(), requires, List.of(), Body.PLAIN, Set.of());
    }

    private static Region region(Kind kind, Step... steps) {
        return new Region(0, kind, List.of(steps), false);
    }

    private static Model model(Step... steps) {
        return Model.of(WellFormed.of(new Program(List.of(steps))));
    }

    private static List<Set<TaskState>> states(Model model) {
        Map<ModelTask, Set<TaskState>> allowed = model.allowed();
        return model.tasks.stream().map(allowed::get).toList();
    }

    /** The edges, as "predecessor-successor". */
    private static List<String> edges(Model model) {
        List<String> edges = new ArrayList<>();
        model.tasks.forEach(
                task -> task.edges.forEach(edge -> edges.add(edge.predecessor().id() + "-" + task.id())));
        return edges;
    }

    @Test
    @DisplayName("a bulk region in a sequential one is one step of it")
    void bulkInSequential() {
        Model model = model(region(Kind.SEQUENTIAL, task(), region(Kind.BULK, task(), task()), task()));

        assertThat(edges(model)).containsExactlyInAnyOrder("0-1", "0-2", "1-3", "2-3");
    }

    @Test
    @DisplayName("sequential regions side by side in a bulk region are chains of their own")
    void sequentialInBulk() {
        Model model = model(
                region(Kind.BULK, region(Kind.SEQUENTIAL, task(), task()), region(Kind.SEQUENTIAL, task(), task())));

        assertThat(edges(model)).containsExactlyInAnyOrder("0-1", "2-3");
    }

    @Test
    @DisplayName("a sequential region in a sequential one continues the chain")
    void sequentialInSequential() {
        Model model = model(region(Kind.SEQUENTIAL, task(), region(Kind.SEQUENTIAL, task(), task()), task()));

        assertThat(edges(model)).containsExactlyInAnyOrder("0-1", "1-2", "2-3");
    }

    @Test
    @DisplayName("a failure skips the rest of a chain, unless that continues")
    void failureInChain() {
        assertThat(states(model(region(Kind.SEQUENTIAL, failing(), task(), task()))))
                .containsExactly(Set.of(TaskState.FAILED), Set.of(TaskState.SKIPPED), Set.of(TaskState.SKIPPED));
        ids = 0;
        assertThat(states(model(region(Kind.CONTINUING, failing(), task()))))
                .containsExactly(Set.of(TaskState.FAILED), Set.of(TaskState.SUCCEEDED));
    }

    @Test
    @DisplayName("what a bulk region that is given up holds is abandoned, and what requires it skipped")
    void givenUp() {
        Model model = model(new Region(0, Kind.BULK, List.of(task()), true), requiring(0));

        assertThat(states(model)).containsExactly(Set.of(TaskState.ABANDONED), Set.of(TaskState.SKIPPED));
    }

    @Test
    @DisplayName(
            "a task that is cancelled before it can start never runs, and one that may have started may have ended")
    void cancelled() {
        Model model = model(
                region(Kind.BULK, task(), new Cancel(0, 0, true)),
                task(),
                new Cancel(0, 1, true),
                new Held(0, task(), List.of(requiring(2), new Cancel(0, 3, true)), false));

        assertThat(states(model))
                .containsExactly(
                        Set.of(TaskState.CANCELLED),
                        Set.of(TaskState.SUCCEEDED, TaskState.CANCELLED),
                        Set.of(TaskState.SUCCEEDED),
                        Set.of(TaskState.CANCELLED));
    }

    private CancelledJoiner cancelledJoiner(int level, List<Step> steps, Waiting... waits) {
        Spawn outermost = task();
        List<Link> links = new ArrayList<>();
        for (Waiting waiting : waits) {
            links.add(new Link(0, waiting, task()));
        }
        return new CancelledJoiner(0, outermost, links, level, Canceller.THREAD, false, steps, List.of());
    }

    @Test
    @DisplayName("a task that is cancelled while it joins another one is cancelled, and what requires it skipped")
    void cancelledJoiner() {
        Model model = model(cancelledJoiner(0, List.of(), Waiting.HANDLE), requiring(0));

        assertThat(states(model).get(0)).containsExactly(TaskState.CANCELLED);
        assertThat(states(model).get(2)).containsExactly(TaskState.SKIPPED);
        assertThat(model.tasks.get(1).parent).isSameAs(model.tasks.get(0));
    }

    @Test
    @DisplayName("of the tasks that a cancelled one joins, those of its regions are cancelled, and others go on")
    void cancelledInside() {
        Model model = model(cancelledJoiner(
                1, List.of(), Waiting.HANDLE, Waiting.REGION, Waiting.SCOPE, Waiting.HANDLE, Waiting.BULK_SCOPE));

        assertThat(states(model).subList(0, 2))
                .containsExactly(Set.of(TaskState.SUCCEEDED), Set.of(TaskState.CANCELLED));
        assertThat(model.waits.get(0)).isInstanceOfSatisfying(Model.JoinerCancelled.class, cancelled -> assertThat(
                        IntStream.rangeClosed(2, 5).mapToObj(level -> cancelled.allowed(level, true)))
                .containsExactly(
                        Set.of(TaskState.CANCELLED),
                        Set.of(TaskState.CANCELLED),
                        Set.of(TaskState.SUCCEEDED),
                        Set.of(TaskState.SUCCEEDED)));
    }

    @Test
    @DisplayName("the body of a cancelled task may outlast its join outside of regions, and not the end of its region")
    void bodiesOfCancelledJoiners() {
        Model outside = model(task(), new Join(0, 0));
        ids = 0;
        Model inside = model(region(Kind.WITHIN, task()), new Join(0, 0));

        assertThat(unlessCut(outside)).containsExactly(outside.tasks.get(0));
        assertThat(unlessCut(inside)).isEmpty();
    }

    /** Returns the tasks whose ends come before something unless they were cut short. */
    private static List<ModelTask> unlessCut(Model model) {
        return model.moments.stream()
                .flatMap(moment -> moment.before.stream())
                .map(Model.Before::unlessCut)
                .filter(Objects::nonNull)
                .toList();
    }

    @Test
    @DisplayName("no joiner is cancelled where the thread may not wait")
    void noJoinerInBulk() {
        Program program = WellFormed.of(new Program(
                List.of(region(Kind.BULK, cancelledJoiner(0, List.of(task()), Waiting.HANDLE, Waiting.REGION)))));

        assertThat(program.toString()).doesNotContain("CancelledJoiner");
        assertThat(program.tasks()).isEqualTo(3);
    }

    @Test
    @DisplayName("a scope in error abandons what its own bulk region holds, and cancels what it has launched")
    void scopeInError() {
        Model bulk = model(new Scope(0, Kind.BULK, List.of(task()), End.NEITHER));
        ids = 0;
        Model launched = model(new Scope(0, Kind.SEQUENTIAL, List.of(task()), End.NEITHER));
        ids = 0;
        Model held = model(region(Kind.BULK, new Scope(0, Kind.SEQUENTIAL, List.of(task()), End.NEITHER)));

        assertThat(states(bulk)).containsExactly(Set.of(TaskState.ABANDONED));
        assertThat(states(launched)).containsExactly(Set.of(TaskState.SUCCEEDED, TaskState.CANCELLED));
        assertThat(states(held)).containsExactly(Set.of(TaskState.CANCELLED));
        assertThat(bulk.waits.get(0)).isInstanceOf(Model.GivenUp.class);
    }

    @Test
    @DisplayName("threads that spawn into one sequential region leave each other's order open, and nothing after them")
    void threads() {
        Model model = model(region(
                Kind.SEQUENTIAL, task(), new Threads(0, List.of(List.of(task(), task()), List.of(failing()))), task()));

        assertThat(edges(model)).containsExactlyInAnyOrder("0-1", "1-2", "0-3", "2-4", "3-4");
        assertThat(model.tasks.get(1).apart).containsExactly(model.tasks.get(3));
        assertThat(states(model).get(1)).containsExactlyInAnyOrder(TaskState.SUCCEEDED, TaskState.SKIPPED);
        assertThat(states(model).get(4)).containsExactly(TaskState.SKIPPED);
    }

    @Test
    @DisplayName(
            "to wait, inside a bulk region, for what it holds is refused, and for another thread's region left out")
    void waitsInBulk() {
        Model here = model(region(Kind.BULK, task(), new Join(0, 0), region(Kind.JOINED, task())));
        ids = 0;
        Program elsewhere = WellFormed.of(
                new Program(List.of(region(Kind.BULK, task(), new Threads(0, List.of(List.of(new Join(0, 0))))))));

        assertThat(here.waits.get(1)).isEqualTo(new Model.JoinOf(null, here.tasks.get(0), true));
        assertThat(here.waits.get(2)).isInstanceOf(Model.Refused.class);
        assertThat(here.tasks).hasSize(1);
        assertThat(elsewhere.marks()).isEqualTo(2);
    }
}
