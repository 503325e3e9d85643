package dev.regions.examples.index;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A line on the terminal that says how far one phase of the work is, redrawn in place and wiped when closed. It has no
 * thread of its own: a step that finds the line older than a tenth of a second draws it anew. Thread-safe but for
 * {@link #close()}, which comes after all steps.
 */
final class ProgressLine implements AutoCloseable {
    private static final long REDRAW_NANOS = 100_000_000;

    private final Screen screen;
    private final String doing;
    private final int total;
    private final String things;
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicLong drawnAt = new AtomicLong(System.nanoTime());

    /**
     * Where progress lines are drawn.
     *
     * @param out the terminal
     * @param redrawNanos the age, in nanoseconds, at which a line is drawn anew
     * @param watched false to draw nothing
     */
    record Screen(PrintWriter out, long redrawNanos, boolean watched) {
        /** Draws on a terminal, and nowhere else. */
        static Screen terminal(PrintWriter out) {
            return new Screen(out, REDRAW_NANOS, Terminal.isWatched());
        }
    }

    /** Begins a phase of so many steps. */
    ProgressLine(Screen screen, String doing, int total, String things) {
        this.screen = screen;
        this.doing = doing;
        this.total = total;
        this.things = things;
    }

    /** Says that one of the things is done. */
    void step() {
        int soFar = done.incrementAndGet();
        if (!screen.watched()) {
            return;
        }
        long now = System.nanoTime();
        long before = drawnAt.get();
        if (now - before >= screen.redrawNanos() && drawnAt.compareAndSet(before, now)) {
            draw(text(soFar));
        }
    }

    @Override
    public void close() {
        if (screen.watched()) {
            draw(" ".repeat(text(total).length()));
            draw("");
        }
    }

    private String text(int soFar) {
        return String.format(Locale.ROOT, "%s %,d of %,d %s", doing, soFar, total, things);
    }

    private void draw(String line) {
        screen.out().print('\r' + line);
        screen.out().flush();
    }
}
