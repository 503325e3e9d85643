package dev.regions.model;

import dev.regions.model.Model.Before;
import dev.regions.model.Model.Moment;
import dev.regions.model.Step.Cancel;
import dev.regions.model.Step.CancelledJoiner;
import dev.regions.model.Step.Canceller;
import dev.regions.model.Step.End;
import dev.regions.model.Step.Ending;
import dev.regions.model.Step.Extra;
import dev.regions.model.Step.Held;
import dev.regions.model.Step.Join;
import dev.regions.model.Step.Kind;
import dev.regions.model.Step.Region;
import dev.regions.model.Step.Scope;
import dev.regions.model.Step.Spawn;
import dev.regions.model.Step.Threads;
import dev.regions.task.TaskState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Prints a program as a JUnit test, with what the model is certain of as assertions: the states of the tasks, the order
 * of their bodies, and what regions throw. Where the model allows several states, so does the test.
 */
final class JavaPrinter {
    private static final Set<TaskState> RAN = Set.of(TaskState.SUCCEEDED, TaskState.FAILED);

    private final Program program;
    private final Model model;
    private final Map<ModelTask, Set<TaskState>> allowed;
    private final StringBuilder code = new StringBuilder();
    private int depth;

    private JavaPrinter(Program program) {
        this.program = program;
        this.model = Model.of(program);
        this.allowed = model.allowed();
    }

    /** Returns the source of a test class without a package. */
    static String print(Program program, String className) {
        JavaPrinter printer = new JavaPrinter(program);
        printer.all(className);
        return printer.code.toString();
    }

    private void line(String text) {
        code.append(text.isEmpty() ? "" : "    ".repeat(depth)).append(text).append('\n');
    }

    private void open(String text) {
        line(text);
        depth++;
    }

    private void close(String text) {
        depth--;
        line(text);
    }

    private void all(String className) {
        for (String type : List.of(
                "dev.regions.Limit",
                "dev.regions.task.Priority",
                "dev.regions.RegionScope",
                "dev.regions.Regions",
                "dev.regions.task.RetryPolicy",
                "dev.regions.TaskRuntime",
                "dev.regions.Tasks",
                "dev.regions.queue.ChainPolicy",
                "dev.regions.queue.JoinedQueue",
                "dev.regions.queue.TaskQueue",
                "dev.regions.task.RegionFailedException",
                "dev.regions.task.Task",
                "dev.regions.task.TaskState",
                "dev.regions.task.UnlaunchedTaskException",
                "java.time.Duration",
                "java.util.List",
                "java.util.Queue",
                "java.util.concurrent.ConcurrentLinkedQueue",
                "java.util.concurrent.CountDownLatch",
                "java.util.concurrent.FutureTask",
                "java.util.concurrent.TimeUnit",
                "java.util.concurrent.atomic.AtomicInteger",
                "java.util.concurrent.atomic.AtomicReferenceArray",
                "org.junit.jupiter.api.RepeatedTest")) {
            String name = type.substring(type.lastIndexOf('.') + 1);
            imports.put(name, type);
        }
        depth = 1;
        line("@RepeatedTest(100)");
        open("void program() throws Exception {");
        line("AtomicReferenceArray<Task<Integer>> t = new AtomicReferenceArray<>(" + program.tasks() + ");");
        line("AtomicReferenceArray<Throwable> thrown = new AtomicReferenceArray<>(" + program.marks() + ");");
        line("Queue<String> log = new ConcurrentLinkedQueue<>();");
        line("TaskQueue root = TaskRuntime.currentQueue();");
        line("");
        steps(program.steps(), null);
        line("");
        open("for (int i = 0; i < t.length(); i++) {");
        open("if (t.get(i) != null) {");
        line("t.get(i).await();");
        close("}");
        close("}");
        line("");
        assertions();
        close("}");
        String body = code.toString();
        code.setLength(0);
        depth = 0;
        line("import static org.assertj.core.api.Assertions.assertThat;");
        line("");
        imports.values().stream()
                .filter(type -> body.matches("(?s).*\\b" + type.substring(type.lastIndexOf('.') + 1) + "\\b.*"))
                .sorted()
                .forEach(type -> line("import " + type + ";"));
        line("");
        line("class " + className + " {");
        code.append(body);
        line("}");
    }

    private final Map<String, String> imports = new HashMap<>();

    // ---- Steps ------------------------------------------------------------------------------------------------------

    private void steps(List<Step> steps, @Nullable String scope) {
        for (Step step : steps) {
            switch (step) {
                case Spawn spawn -> spawn(spawn, scope, null);
                case Region region -> region(region);
                case Scope inner -> scope(inner);
                case Cancel cancel -> line("t.get(" + cancel.task() + ").cancel(" + cancel.interrupts() + ");");
                case Join join -> join(join);
                case Held held -> held(held, scope);
                case CancelledJoiner joiner -> cancelledJoiner(joiner, scope);
                case Threads threads -> threads(threads);
            }
        }
    }

    /** Those that are printed around, by the number of the task at their gate. */
    private final Map<Integer, CancelledJoiner> joiners = new HashMap<>();

    /** The same by the number of the task that they cancel. */
    private final Map<Integer, CancelledJoiner> toCancel = new HashMap<>();

    private void spawn(Spawn spawn, @Nullable String scope, @Nullable Held held) {
        int id = spawn.id();
        if (spawn.body().ending() == Ending.SECOND_ATTEMPT_RETURNS) {
            line("AtomicInteger attempts" + id + " = new AtomicInteger();");
        }
        boolean isForked = scope != null && spawn.extras().contains(Extra.FORKED);
        String builder = isForked ? scope + ".fork" : builder(spawn) + ".spawn";
        open("t.set(" + id + ", " + builder + "(" + head(spawn) + " -> {");
        line("log.add(\"begin " + id + "\");");
        open("try {");
        if (held != null) {
            if (held.cancelled()) {
                line("reached" + held.mark() + ".countDown();");
            }
            line("gate" + held.mark() + ".await();");
        }
        CancelledJoiner joiner = joiners.get(id);
        if (joiner != null) {
            passGate(joiner);
        }
        if (spawn.body().yields()) {
            line("Thread.yield();");
        }
        steps(spawn.body().steps(), null);
        String exception = "throw new IllegalStateException(\"task " + id + "\");";
        switch (spawn.body().ending()) {
            case RETURN -> line("return " + result(spawn) + ";");
            case THROW_EXCEPTION, SECOND_ATTEMPT_THROWS -> line(exception);
            case THROW_ERROR -> line("throw new Error(\"task " + id + "\");");
            case SECOND_ATTEMPT_RETURNS -> {
                open("if (attempts" + id + ".incrementAndGet() == 1) {");
                line(exception);
                close("}");
                line("return " + result(spawn) + ";");
            }
        }
        close("} finally {");
        depth++;
        line("log.add(\"end " + id + "\");");
        close("}");
        close("}));");
        CancelledJoiner cancelled = toCancel.get(id);
        if (cancelled != null) {
            line("reached" + cancelled.mark() + ".countDown();");
        }
    }

    private static String builder(Spawn spawn) {
        StringBuilder builder = new StringBuilder();
        if (!spawn.requires().isEmpty()) {
            builder.append(".requires(").append(handles(spawn.requires())).append(')');
        }
        if (!spawn.after().isEmpty()) {
            builder.append(".after(").append(handles(spawn.after())).append(')');
        }
        for (Extra extra : spawn.extras()) {
            builder.append(
                    switch (extra) {
                        case NAMED -> ".name(\"task " + spawn.id() + "\")";
                        case HIGH_PRIORITY -> ".priority(Priority.HIGH)";
                        case LOW_PRIORITY -> ".priority(Priority.LOW)";
                        case DEDICATED_THREAD -> ".dedicatedThread()";
                        case DEADLINE -> ".deadline(Duration.ofHours(1))";
                        case TIMEOUT -> ".timeout(Duration.ofHours(1))";
                        case FORKED -> "";
                    });
        }
        if (spawn.body().ending().isRetried()) {
            builder.append(".retry(RetryPolicy.maxAttempts(2))");
        }
        return builder.isEmpty() ? "Tasks" : "Tasks.builder()" + builder;
    }

    private static String handles(List<Integer> ids) {
        return ids.stream().map(id -> "t.get(" + id + ")").collect(Collectors.joining(", "));
    }

    /** The arguments and the parameters; names end in the number of the task, for lambdas stand in lambdas. */
    private static String head(Spawn spawn) {
        List<Integer> arguments = spawn.arguments();
        return switch (arguments.size()) {
            case 0 -> "()";
            case 1 -> handles(arguments) + ", a" + spawn.id();
            case 2, 3 -> handles(arguments) + ", (" + String.join(", ", parameters(spawn)) + ")";
            default -> "List.of(" + handles(arguments) + "), all" + spawn.id();
        };
    }

    private static List<String> parameters(Spawn spawn) {
        return List.of("a", "b", "c").subList(0, spawn.arguments().size()).stream()
                .map(letter -> letter + spawn.id())
                .toList();
    }

    private static String result(Spawn spawn) {
        if (spawn.arguments().size() > 3) {
            return spawn.id() + " + all" + spawn.id() + ".stream().mapToInt(Integer::intValue).sum()";
        }
        StringBuilder sum = new StringBuilder().append(spawn.id());
        parameters(spawn).forEach(parameter -> sum.append(" + ").append(parameter));
        return sum.toString();
    }

    private void join(Join join) {
        open("try {");
        line("t.get(" + join.task() + ").join();");
        caught(join.mark(), "RuntimeException");
    }

    private void caught(int mark, String types) {
        close("} catch (" + types + " e" + mark + ") {");
        depth++;
        line("thrown.set(" + mark + ", e" + mark + ");");
        close("}");
    }

    private void held(Held held, @Nullable String scope) {
        int mark = held.mark();
        line("CountDownLatch gate" + mark + " = new CountDownLatch(1);");
        if (held.cancelled()) {
            line("CountDownLatch reached" + mark + " = new CountDownLatch(1);");
        }
        spawn(held.gate(), scope, held);
        open("try {");
        steps(held.steps(), scope);
        if (held.cancelled()) {
            String gate = "t.get(" + held.gate().id() + ")";
            line(gate + ".toCompletableFuture().whenComplete((r" + mark + ", x" + mark + ") -> reached" + mark
                    + ".countDown());");
            line("reached" + mark + ".await();");
            line(gate + ".cancel();");
        }
        close("} finally {");
        depth++;
        line("gate" + mark + ".countDown();");
        close("}");
    }

    private void passGate(CancelledJoiner joiner) {
        int mark = joiner.mark();
        line("reached" + mark + ".countDown();");
        if (joiner.canceller() == Canceller.INNERMOST) {
            open("try {");
            line("cancelNow" + mark + ".await();");
            close("} finally {");
            depth++;
            line("cancel" + mark + ".run();");
            close("}");
        }
        line("gate" + mark + ".await();");
    }

    private void cancelledJoiner(CancelledJoiner joiner, @Nullable String scope) {
        int mark = joiner.mark();
        String outermost = "t.get(" + joiner.outermost().id() + ")";
        String cancelled = "t.get(" + joiner.at(joiner.level()).id() + ")";
        line("CountDownLatch reached" + mark + " = new CountDownLatch(2);");
        line("CountDownLatch gate" + mark + " = new CountDownLatch(1);");
        open("FutureTask<Boolean> cancel" + mark + " = new FutureTask<>(() -> {");
        open("if (" + cancelled + " == null) {");
        line("return null;");
        close("}");
        if (joiner.twice()) {
            line(cancelled + ".cancel(false);");
        }
        line("return " + cancelled + ".cancel();");
        close("});");
        if (joiner.canceller() == Canceller.INNERMOST) {
            line("CountDownLatch cancelNow" + mark + " = new CountDownLatch(1);");
        }
        joiners.put(joiner.innermost().id(), joiner);
        toCancel.put(joiner.at(joiner.level()).id(), joiner);
        spawn(joiner.whole(), scope, null);
        open("try {");
        open(outermost + ".toCompletableFuture().whenComplete((r" + mark + ", x" + mark + ") -> {");
        line("reached" + mark + ".countDown();");
        line("reached" + mark + ".countDown();");
        close("});");
        line("reached" + mark + ".await();");
        steps(joiner.steps(), scope);
        switch (joiner.canceller()) {
            case THREAD -> line("cancel" + mark + ".run();");
            case TASK ->
                line("Regions.withQueue(upstream -> new JoinedQueue(root), () -> Tasks.spawn(cancel" + mark
                        + "::run));");
            case INNERMOST -> {
                line("cancelNow" + mark + ".countDown();");
                open("if (" + outermost + ".isDone()) {");
                line("cancel" + mark + ".run();");
                close("}");
            }
        }
        open("if (cancel" + mark + ".get() != null) {");
        line(cancelled + ".toCompletableFuture().exceptionally(x" + mark + " -> null).get(20, TimeUnit.SECONDS);");
        close("}");
        steps(joiner.then(), scope);
        close("} finally {");
        depth++;
        line("gate" + mark + ".countDown();");
        if (joiner.canceller() == Canceller.INNERMOST) {
            line("cancelNow" + mark + ".countDown();");
        }
        close("}");
    }

    private void region(Region region) {
        boolean mayThrow = region.givenUp() || region.kind() == Kind.JOINED;
        if (mayThrow) {
            open("try {");
        }
        open(
                switch (region.kind()) {
                    case BULK -> "Regions.<Exception>bulk(() -> {";
                    case SEQUENTIAL -> "Regions.<Exception>sequential(() -> {";
                    case CONTINUING -> "Regions.<Exception>sequential(ChainPolicy.CONTINUE, () -> {";
                    case JOINED -> "Regions.<Exception>joined(() -> {";
                    case WITHIN -> "Regions.<Exception>withDeadline(Duration.ofHours(1), () -> {";
                    case LIMITED_TO_ONE, LIMITED_TO_TWO ->
                        "Regions.<Exception>withLimit(" + limit(region.kind()) + ", () -> {";
                    case PASSING -> "Regions.<Exception>withQueue(JoinedQueue::new, () -> {";
                });
        steps(region.steps(), null);
        if (region.givenUp()) {
            line("throw new IllegalArgumentException(\"region " + region.mark() + "\");");
        }
        close("});");
        if (mayThrow) {
            caught(region.mark(), "RegionFailedException | IllegalArgumentException | IllegalStateException");
        }
    }

    private static String limit(Kind kind) {
        return "Limit.of(\"limit\", " + kind.places() + ")";
    }

    private void scope(Scope scope) {
        String name = "scope" + scope.mark();
        open("try (RegionScope " + name + " = "
                + switch (scope.kind()) {
                    case BULK -> "Regions.bulk()";
                    case SEQUENTIAL -> "Regions.sequential()";
                    case CONTINUING -> "Regions.sequential(ChainPolicy.CONTINUE)";
                    case JOINED -> "Regions.joined()";
                    case WITHIN -> "Regions.withDeadline(Duration.ofHours(1))";
                    case LIMITED_TO_ONE, LIMITED_TO_TWO -> "Regions.withLimit(" + limit(scope.kind()) + ")";
                    case PASSING -> "Regions.withQueue(JoinedQueue::new)";
                }
                + ") {");
        steps(scope.steps(), name);
        switch (scope.end()) {
            case JOIN -> line(name + ".join();");
            case LAUNCH -> line(name + ".launch();");
            case NEITHER -> {}
            case THROW -> line("throw new IllegalArgumentException(\"region " + scope.mark() + "\");");
        }
        if (scope.end() == End.LAUNCH) {
            close("}");
        } else {
            caught(scope.mark(), "RegionFailedException | IllegalArgumentException | IllegalStateException");
        }
    }

    private void threads(Threads threads) {
        int mark = threads.mark();
        line("TaskQueue around" + mark + " = TaskRuntime.currentQueue();");
        for (int i = 0; i < threads.branches().size(); i++) {
            String name = "thread" + mark + "_" + i;
            open("FutureTask<Void> " + name + " = new FutureTask<>(() -> {");
            open("Regions.<Exception>withQueue(upstream -> new JoinedQueue(around" + mark + "), () -> {");
            steps(threads.branches().get(i), null);
            close("});");
            line("return null;");
            close("});");
        }
        for (int i = 0; i < threads.branches().size(); i++) {
            line("Thread.ofVirtual().start(thread" + mark + "_" + i + ");");
        }
        for (int i = 0; i < threads.branches().size(); i++) {
            line("thread" + mark + "_" + i + ".get();");
        }
    }

    // ---- Assertions -------------------------------------------------------------------------------------------------

    /** Tells whether a body, null for the program itself, is certain to be run to its end. */
    private boolean isWhole(@Nullable ModelTask body) {
        return body == null || !Model.mayBeCut(body, allowed);
    }

    private void assertions() {
        for (ModelTask task : model.tasks) {
            if (isWhole(task.parent)) {
                assertState(task.id(), allowed.get(task));
            }
        }
        Map<Moment, String> events = new HashMap<>();
        for (ModelTask task : model.tasks) {
            if (isWhole(task.parent) && RAN.containsAll(allowed.get(task))) {
                events.put(model.begin(task), "begin " + task.id());
                events.put(model.end(task), "end " + task.id());
            }
        }
        for (Moment moment : model.moments) {
            String event = events.get(moment);
            if (event != null) {
                Set<String> before = new LinkedHashSet<>();
                eventsBefore(moment, events, before, new HashSet<>());
                before.remove("begin " + event.substring(event.indexOf(' ') + 1)); // goes without saying
                before.forEach(
                        other -> line("assertThat(log).containsSubsequence(\"" + other + "\", \"" + event + "\");"));
            }
        }
        model.waits.forEach(this::assertWait);
    }

    private void eventsBefore(Moment moment, Map<Moment, String> events, Set<String> found, Set<Moment> visited) {
        for (Before before : moment.before) {
            ModelTask condition = before.onlyIfRan();
            boolean isCertain =
                    (condition == null || isWhole(condition.parent) && RAN.containsAll(allowed.get(condition)))
                            && isWhole(before.unlessCut());
            if (isCertain && visited.add(before.moment())) {
                String event = events.get(before.moment());
                if (event != null) {
                    found.add(event);
                } else {
                    eventsBefore(before.moment(), events, found, visited);
                }
            }
        }
    }

    private void assertWait(int mark, Model.Wait wait) {
        switch (wait) {
            case Model.Refused refused -> assertThrown(mark, "UnlaunchedTaskException");
            case Model.JoinOf join -> {
                if (join.isRefused() && isWhole(join.body())) {
                    assertThrown(mark, "UnlaunchedTaskException");
                }
            }
            case Model.GivenUp givenUp -> {
                if (isWhole(givenUp.body())) {
                    assertThrown(mark, givenUp.bodyThrows() ? "IllegalArgumentException" : "IllegalStateException");
                }
            }
            case Model.Joined joined -> {
                if (isWhole(joined.body())) {
                    boolean mustFail = joined.tasks().stream()
                            .anyMatch(task -> allowed.get(task).equals(Set.of(TaskState.FAILED)));
                    boolean mayFail = joined.tasks().stream()
                            .anyMatch(task -> allowed.get(task).contains(TaskState.FAILED)
                                    || allowed.get(task).contains(TaskState.SKIPPED));
                    if (mustFail) {
                        assertThrown(mark, "RegionFailedException");
                    } else if (!mayFail) {
                        line("assertThat(thrown.get(" + mark + ")).isNull();");
                    }
                }
            }
            case Model.Ends ends -> line("assertThat(thrown.get(" + mark + ")).isNull();");
            case Model.JoinerCancelled cancelled -> assertInside(cancelled);
            case Model.CancelledAtGate cancelled -> {}
        }
    }

    private void assertInside(Model.JoinerCancelled cancelled) {
        ModelTask joiner = cancelled.tasks().get(cancelled.level());
        if (!isWhole(joiner.parent)
                || !allowed.get(joiner).equals(Set.of(TaskState.CANCELLED))
                || joiner.cancels.size() > 1) {
            return;
        }
        for (int level = cancelled.level() + 1; level < cancelled.tasks().size(); level++) {
            int id = cancelled.tasks().get(level).id();
            assertState(id, cancelled.allowed(level, true));
        }
    }

    private void assertState(int id, Set<TaskState> states) {
        line("assertThat(t.get(" + id + ").taskState()).as(\"task " + id + "\").isIn("
                + states.stream().map(state -> "TaskState." + state).collect(Collectors.joining(", ")) + ");");
    }

    private void assertThrown(int mark, String type) {
        line("assertThat(thrown.get(" + mark + ")).isInstanceOf(" + type + ".class);");
    }
}
