package dev.regions.benchmarks.report;

/** The report as one page. */
public final class Page {
    private Page() {}

    /** Returns the page, as HTML. */
    public static String of(Results results) {
        return results.toString();
    }
}
