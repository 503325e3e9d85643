package dev.regions.core;

import dev.regions.UncaughtFailure;
import dev.regions.internal.Log;
import java.lang.ref.Cleaner;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds failures that nobody will ever see, and reports them.
 *
 * <p>A failure is seen once somebody has been told of it: by a wait that threw, by a future it was handed to. Whether that
 * is going to happen can be known only when nobody can ask any more: when the outcome, which the failed task and all tasks
 * skipped because of it share, has become unreachable. A {@link Cleaner} says when; closing the runtime says it of all that
 * is left. {@code Report} must not refer to the outcome, or the outcome would stay reachable.
 */
final class UncaughtFailures {
    private final Consumer<UncaughtFailure> handler;
    private final Set<Report> unseen = ConcurrentHashMap.newKeySet();

    /** Made with the first failure, for it has a thread. */
    private static final class Lazy {
        static final Cleaner CLEANER = Cleaner.create();
    }

    UncaughtFailures(Consumer<UncaughtFailure> handler) {
        this.handler = handler;
    }

    /** Makes the outcome of a task whose body threw, and watches it. */
    Unsuccessful.Failed watch(String task, @Nullable String region, Throwable thrown) {
        Report report = new Report(new UncaughtFailure(task, region, thrown));
        Unsuccessful.Failed failed = new Unsuccessful.Failed(thrown, report);
        unseen.add(report);
        report.cleanable = Lazy.CLEANER.register(failed, report);
        return failed;
    }

    /** Reports all that has not been seen until now. */
    void reportAll() {
        unseen.forEach(Report::run);
    }

    final class Report implements Runnable {
        private volatile @Nullable UncaughtFailure failure;

        /** Written before anybody else has the outcome. */
        private Cleaner.@Nullable Cleanable cleanable;

        private Report(UncaughtFailure failure) {
            this.failure = failure;
        }

        void markSeen() {
            unseen.remove(this);
            failure = null;
            Cleaner.Cleanable watching = cleanable;
            if (watching != null) {
                watching.clean(); // its one thread may not keep up with many failures
            }
        }

        @Override
        public void run() {
            UncaughtFailure uncaught = failure;
            if (unseen.remove(this) && uncaught != null) {
                try {
                    handler.accept(uncaught);
                } catch (Throwable thrown) {
                    Log.write(
                            System.Logger.Level.ERROR,
                            "the handler of uncaught failures failed on task '" + uncaught.task() + "'",
                            thrown);
                }
            }
        }
    }
}
