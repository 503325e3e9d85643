package dev.regions.examples;

import dev.regions.Regions;
import dev.regions.Tasks;
import dev.regions.task.Task;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The three things to know, one method each: a task takes the results of others as arguments; a bulk region launches
 * what is forked in it as one graph; a sequential region runs its steps in order, and a bulk region inside it is one
 * step.
 */
public final class Quickstart {
    private Quickstart() {}

    /** Runs all three and prints what comes out. */
    public static void main(String[] args) throws InterruptedException {
        run(System.out);
    }

    static void run(PrintStream out) throws InterruptedException {
        out.println("40 + 2 = " + arguments());
        out.println("left + right = " + bulk("1 2 3", "4 5"));
        out.println("b1 + b2 = " + Arrays.toString(sequential(new int[] {1, 2, 3})));
    }

    /** Results are arguments; nothing blocks before {@code join()}. */
    static int arguments() throws InterruptedException {
        Task<Integer> a = Tasks.spawn(() -> 40);
        Task<Integer> b = Tasks.spawn(() -> 2);
        Task<Integer> c = Tasks.spawn(a, b, Integer::sum);
        return c.join();
    }

    /** Collected, and launched as one graph by {@code scope.join()}, which waits for it and throws if a task failed. */
    static List<Integer> bulk(String x, String y) throws InterruptedException {
        try (var scope = Regions.bulk()) {
            var left = scope.fork(() -> parse(x));
            var right = scope.fork(() -> parse(y));
            var both = scope.fork(left, right, Quickstart::merge);
            scope.join();
            return both.resultNow();
        }
    }

    /**
     * In order, like a GPU stream. The region ends at once and waits for nothing: {@code join()} on its last task does.
     */
    static int[] sequential(int[] src) throws InterruptedException {
        int[] b1 = new int[src.length];
        int[] b2 = new int[src.length];
        int[] c = new int[src.length];
        Task<Void> last = Regions.sequential(() -> {
            // These two in parallel ...
            Regions.bulk(() -> {
                Tasks.spawn(() -> copy(b1, src));
                Tasks.spawn(() -> copy(b2, src));
            });
            // ... and this after both.
            return Tasks.spawn(() -> add(c, b1, b2));
        });
        last.join();
        return c;
    }

    private static List<Integer> parse(String numbers) {
        return Arrays.stream(numbers.split(" ")).map(Integer::valueOf).toList();
    }

    private static List<Integer> merge(List<Integer> left, List<Integer> right) {
        return Stream.concat(left.stream(), right.stream()).toList();
    }

    private static void copy(int[] to, int[] from) {
        System.arraycopy(from, 0, to, 0, from.length);
    }

    private static void add(int[] to, int[] x, int[] y) {
        Arrays.setAll(to, i -> x[i] + y[i]);
    }
}
