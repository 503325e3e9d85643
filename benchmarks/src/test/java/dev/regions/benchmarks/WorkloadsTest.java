package dev.regions.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.math.BigInteger;
import java.net.URL;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

@DisplayName("Every method of every workload does the work")
class WorkloadsTest {
    private static final String PACKAGE = "dev.regions.benchmarks.";

    private interface Check {
        void verify(Object workload, @Nullable Object result);
    }

    /** A small size, bodies that leave a trace, and what is to come of it. */
    private record Small(Map<String, Object> fields, Check check) {
        Small and(String field, Object value) {
            Map<String, Object> more = new HashMap<>(fields);
            more.put(field, value);
            return new Small(more, check);
        }
    }

    private record Case(String workload, Supplier<Small> small) {}

    private static final List<Case> CASES = List.of(
            new Case("IndependentTasks", () -> counting(1000)),
            new Case("ObservedTasks", () -> counting(1000)),
            new Case("IndependentTasksFromTask", () -> counting(1000)),
            new Case("SubmittingThreads", () -> counting(1000).and("threads", 4)),
            new Case("BulkHandOver", () -> counting(1000)),
            new Case("BulkLastTask", () -> counting(1000)),
            new Case("BulkFirstTask", () -> returning(true).and("tasks", 1000)),
            new Case("TasksWithWork", () -> counting(1000)),
            new Case("BlockingTasks", () -> counting(1000)),
            new Case("JoinedTasks", () -> counting(1000)),
            new Case("JoinedRegions", () -> counting(1000)),
            new Case("SocketEcho", WorkloadsTest::echoing),
            new Case("ChainOfTasks", () -> ordered(1000, started -> started).and("tasks", 1000)),
            new Case("ChainInBulk", () -> ordered(1000, started -> started).and("tasks", 1000)),
            new Case("BinaryTree", WorkloadsTest::growing),
            new Case("SequentialRegion", () -> ordered(400, started -> started / 4 * 4)
                    .and("batches", 100)),
            new Case("FanOutFanIn", WorkloadsTest::fanning),
            new Case("Fibonacci", () -> returning(987).and("n", 16)),
            new Case("Skynet", () -> returning(499_500L).and("leaves", 1000)),
            new Case("Wavefront", WorkloadsTest::countingPaths),
            new Case(
                    "RandomLayeredGraph",
                    () -> returning(20 * 59_049).and("layers", 11).and("width", 20)));

    private static Small counting(int tasks) {
        AtomicInteger ran = new AtomicInteger();
        Body body = ran::incrementAndGet;
        Map<String, Object> fields = Map.of("tasks", tasks, "body", body);
        return new Small(fields, (workload, result) -> assertThat(ran.get())
                .as("bodies that ran")
                .isEqualTo(tasks));
    }

    private static Small returning(Object expected) {
        return new Small(Map.of(), (workload, result) -> assertThat(result).isEqualTo(expected));
    }

    /** Bodies that check, when they start as the n-th, that at least so many have ended as the rule says. */
    private static Small ordered(int tasks, IntUnaryOperator endedBefore) {
        AtomicInteger started = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        AtomicInteger tooEarly = new AtomicInteger();
        Body body = () -> {
            int endedSoFar = ended.get();
            if (endedSoFar < endedBefore.applyAsInt(started.getAndIncrement())) {
                tooEarly.incrementAndGet();
            }
            Thread.yield();
            ended.incrementAndGet();
        };
        Step step = argument -> {
            body.run();
            return (Integer) argument + 1;
        };
        return new Small(Map.of("body", body, "step", step), (workload, result) -> {
            assertThat(ended.get()).as("bodies that ran").isEqualTo(tasks);
            assertThat(tooEarly.get()).as("bodies that ran too early").isZero();
        });
    }

    private static Small fanning() {
        int rounds = 20;
        int width = 50;
        // After the first task come, in each round, all of the middle ones, and then the one that gathers.
        int round = width + 1;
        IntUnaryOperator endedBefore = started ->
                started == 0 ? 0 : (started - 1) % round == width ? started : 1 + (started - 1) / round * round;
        Small ordered =
                ordered(1 + rounds * round, endedBefore).and("rounds", rounds).and("width", width);
        return new Small(ordered.fields(), (workload, result) -> {
            ordered.check().verify(workload, result);
            assertThat(result).isEqualTo(1 + 2 * rounds);
        });
    }

    /** Each task returns one more than its parent: the sum over the tree is that of the depths. */
    private static Small growing() {
        LongAdder depths = new LongAdder();
        Step step = depth -> {
            depths.add((Integer) depth + 1);
            return (Integer) depth + 1;
        };
        return new Small(Map.of("tasks", 31, "step", step), (workload, result) -> assertThat(depths.sum())
                .isEqualTo(1 + 2 * 2 + 4 * 3 + 8 * 4 + 16 * 5));
    }

    /** How many paths lead to a cell: in the corner a binomial coefficient. */
    private static Small countingPaths() {
        int side = 20;
        Combine sum = (above, left) -> ((BigInteger) above).add((BigInteger) left);
        Step edge = paths -> BigInteger.ONE;
        BigInteger expected = BigInteger.ONE;
        for (int i = 1; i < side; i++) {
            expected = expected.multiply(BigInteger.valueOf(side - 1 + i)).divide(BigInteger.valueOf(i));
        }
        return returning(expected).and("side", side).and("edge", edge).and("inner", sum);
    }

    private static Small echoing() {
        return new Small(
                Map.of("connections", 20), (workload, result) -> assertThat(((EchoWorkload) workload).bytesEchoed.get())
                        .isEqualTo(20 * SocketEcho.ROUND_TRIPS * 64));
    }

    @TestFactory
    Stream<DynamicTest> methods() {
        return CASES.stream().flatMap(each -> classes(each.workload()).stream().flatMap(workload -> benchmarks(workload)
                .map(method -> DynamicTest.dynamicTest(
                        each.workload() + "." + method.getName(),
                        () -> run(workload, method, each.small().get())))));
    }

    @Test
    @DisplayName("No workload is left out of this test")
    void noneIsLeftOut() throws Exception {
        List<String> listed = new ArrayList<>();
        Enumeration<URL> lists = getClass().getClassLoader().getResources("META-INF/BenchmarkList");
        for (var list : (Iterable<URL>) lists::asIterator) {
            try (var lines = new BufferedReader(new InputStreamReader(list.openStream()))) {
                listed.addAll(lines.lines()
                        .filter(line -> line.contains(" " + PACKAGE))
                        .toList());
            }
        }

        List<String> tested = CASES.stream()
                .flatMap(each -> classes(each.workload()).stream().map(Class::getName))
                .toList();

        assertThat(listed).isNotEmpty().allSatisfy(line -> assertThat(tested).anyMatch(line::contains));
    }

    @Test
    @DisplayName("What a figure is divided by is the number of tasks")
    void operations() {
        long[] fibonacci = LongStream.rangeClosed(0, Fibonacci.N + 1).toArray();
        for (int i = 2; i < fibonacci.length; i++) {
            fibonacci[i] = fibonacci[i - 1] + fibonacci[i - 2];
        }
        assertThat(Fibonacci.SPAWNS).isEqualTo((int) fibonacci[Fibonacci.N + 1] - 1);

        int tasks = 0;
        for (int level = 1; level <= Skynet.LEAVES; level *= Skynet.FAN) {
            tasks += level;
        }
        assertThat(Skynet.TASKS).isEqualTo(tasks);
    }

    private static void run(Class<?> type, Method method, Small small) throws Exception {
        Object workload = type.getDeclaredConstructor().newInstance();
        boolean[] anySet = new boolean[1];
        small.fields().forEach((name, value) -> anySet[0] |= set(workload, name, value));
        Object result;
        try {
            call(workload, Setup.class);
            small.fields().forEach((name, value) -> set(workload, name, value));
            result = method.invoke(workload);
        } finally {
            call(workload, TearDown.class);
        }

        assertThat(anySet[0]).as("some field was made small").isTrue();
        small.check().verify(workload, result);
    }

    private static List<Class<?>> classes(String workload) {
        List<Class<?>> found = new ArrayList<>();
        for (String folder : List.of("", "structured.")) {
            try {
                found.add(Class.forName(PACKAGE + folder + workload));
            } catch (ClassNotFoundException e) {
                assertThat(folder).as("who has no class " + workload).isEqualTo("structured.");
            }
        }
        return found;
    }

    private static Stream<Method> benchmarks(Class<?> workload) {
        return Arrays.stream(workload.getMethods()).filter(method -> method.isAnnotationPresent(Benchmark.class));
    }

    private static boolean set(Object workload, String name, Object value) {
        for (Class<?> type = workload.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    try {
                        field.setAccessible(true);
                        field.set(workload, value);
                    } catch (IllegalAccessException e) {
                        throw new AssertionError(e);
                    }
                    return true;
                }
            }
        }
        return false;
    }

    /** Those for each trial first, then those for each invocation; to tear down, the other way round. */
    private static void call(Object workload, Class<? extends Annotation> annotation) throws Exception {
        Level[] levels = annotation == Setup.class
                ? new Level[] {Level.Trial, Level.Invocation}
                : new Level[] {Level.Invocation, Level.Trial};
        for (Level level : levels) {
            for (Method method : workload.getClass().getMethods()) {
                Setup setup = method.getAnnotation(Setup.class);
                TearDown tearDown = method.getAnnotation(TearDown.class);
                if (annotation == Setup.class
                        ? setup != null && setup.value() == level
                        : tearDown != null && tearDown.value() == level) {
                    method.invoke(workload);
                }
            }
        }
    }
}
