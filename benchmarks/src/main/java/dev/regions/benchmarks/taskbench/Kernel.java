package dev.regions.benchmarks.taskbench;

/** What each task of a graph does. */
@FunctionalInterface
interface Kernel {
    /** Does the work of the task at a step and a point. */
    void execute(int step, int point);

    /**
     * Returns a kernel that does nothing but compute: in each iteration a fused multiply-add on each of eight numbers,
     * which stay in registers.
     */
    static Kernel compute(long iterations) {
        return (step, point) -> {
            if (compute(iterations, point) == 0.1) { // never, but the compiler does not know
                throw new AssertionError("the kernel's numbers are all about 2, and add up to about 16");
            }
        };
    }

    private static double compute(long iterations, int seed) {
        double a = seed;
        double b = seed + 1;
        double c = seed + 2;
        double d = seed + 3;
        double e = seed + 4;
        double f = seed + 5;
        double g = seed + 6;
        double h = seed + 7;
        for (long i = 0; i < iterations; i++) {
            a = Math.fma(a, 0.5, 1);
            b = Math.fma(b, 0.5, 1);
            c = Math.fma(c, 0.5, 1);
            d = Math.fma(d, 0.5, 1);
            e = Math.fma(e, 0.5, 1);
            f = Math.fma(f, 0.5, 1);
            g = Math.fma(g, 0.5, 1);
            h = Math.fma(h, 0.5, 1);
        }
        return a + b + c + d + e + f + g + h;
    }
}
