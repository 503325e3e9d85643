package dev.regions.model;

import dev.regions.queue.ChainPolicy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The task queues of the model: what a region does to what is spawned in it, one submission after the other. */
abstract sealed class ModelQueue {
    final @Nullable ModelQueue upstream;

    private ModelQueue(@Nullable ModelQueue upstream) {
        this.upstream = upstream;
    }

    /** Takes a task, or a batch of tasks as one. */
    abstract void submit(List<ModelTask> tasks);

    final void handOn(List<ModelTask> tasks) {
        if (upstream != null) {
            upstream.submit(tasks);
        }
    }

    /** Returns the chains that a submission to this queue becomes part of at once. */
    final List<Chain> chains() {
        List<Chain> chains = new ArrayList<>();
        for (ModelQueue at = this; at != null && !(at instanceof Bulk); at = at.upstream) {
            if (at instanceof Sequential sequential && !chains.contains(sequential.chain)) {
                chains.add(sequential.chain);
            }
        }
        return chains;
    }

    /** Launches at once. */
    static final class Root extends ModelQueue {
        Root() {
            super(null);
        }

        @Override
        void submit(List<ModelTask> tasks) {
            tasks.forEach(task -> task.holder = null);
        }
    }

    /** Holds everything until it is flushed or abandoned. */
    static final class Bulk extends ModelQueue {
        /** Stands for the thread that has the region open. */
        final Object thread;
        /** The task whose body has the region open, null for none. */
        final @Nullable ModelTask body;

        private final List<ModelTask> held = new ArrayList<>();

        Bulk(ModelQueue upstream, Object thread, @Nullable ModelTask body) {
            super(upstream);
            this.thread = thread;
            this.body = body;
        }

        @Override
        void submit(List<ModelTask> tasks) {
            tasks.forEach(task -> task.holder = this);
            held.addAll(tasks);
        }

        boolean isEmpty() {
            return held.isEmpty();
        }

        void flush() {
            if (!held.isEmpty()) {
                handOn(List.copyOf(held));
                held.clear();
            }
        }

        void abandon() {
            held.forEach(task -> {
                task.holder = null;
                task.abandoned = true;
            });
            held.clear();
        }
    }

    /** Orders submissions; continues the chain of a sequential queue right upstream it, with a policy of its own. */
    static final class Sequential extends ModelQueue {
        final ChainPolicy policy;
        final Chain chain;

        Sequential(ModelQueue upstream, ChainPolicy policy) {
            super(upstream);
            this.policy = policy;
            this.chain = upstream instanceof Sequential outer ? outer.chain : new Chain();
        }

        @Override
        void submit(List<ModelTask> tasks) {
            chain.append(tasks, policy);
            ModelQueue outermost = this;
            while (outermost.upstream instanceof Sequential outer) {
                outermost = outer;
            }
            outermost.handOn(tasks);
        }
    }

    /** Hands everything on as it is, and remembers it. */
    static final class Passing extends ModelQueue {
        final List<ModelTask> passed = new ArrayList<>();

        Passing(ModelQueue upstream) {
            super(upstream);
        }

        @Override
        void submit(List<ModelTask> tasks) {
            passed.addAll(tasks);
            handOn(tasks);
        }
    }

    /** The order of a sequential region. */
    static final class Chain {
        /** What was submitted at once, and what a failure before it means to it. */
        record Link(List<ModelTask> tasks, ChainPolicy policy) {
            /** Notes that another thread submits something to the same chain, before or after this. */
            void keepApart(Link other) {
                for (ModelTask task : tasks) {
                    task.apart.addAll(other.tasks);
                    if (policy == ChainPolicy.SKIP_REST) {
                        task.perhapsRequires.addAll(other.tasks);
                    }
                }
            }
        }

        /** The last of it; after several threads, that of each, one of which was the last. */
        private List<Link> last = List.of();

        private final Deque<List<Link>> recorders = new ArrayDeque<>();

        void append(List<ModelTask> tasks, ChainPolicy policy) {
            for (Link before : last) {
                ModelTask.Hardness hardness = policy == ChainPolicy.CONTINUE
                        ? ModelTask.Hardness.SOFT
                        : last.size() > 1 && before.policy == ChainPolicy.CONTINUE
                                ? ModelTask.Hardness.PERHAPS
                                : ModelTask.Hardness.HARD;
                for (ModelTask predecessor : before.tasks) {
                    tasks.forEach(task -> task.follows(predecessor, hardness));
                }
            }
            Link link = new Link(List.copyOf(tasks), policy);
            last = List.of(link);
            recorders.forEach(recorder -> recorder.add(link));
        }

        /**
         * Several threads that append to this chain at once. Call {@link #branch} before each, and {@link #join} at the
         * end.
         */
        final class Fork {
            private final List<Link> before = last;
            private final List<Link> lasts = new ArrayList<>();
            private final List<List<Link>> appended = new ArrayList<>();

            void branch() {
                endBranch();
                last = before;
                appended.add(new ArrayList<>());
                recorders.push(appended.get(appended.size() - 1));
            }

            private void endBranch() {
                if (!appended.isEmpty() && !recorders.pop().isEmpty()) {
                    lasts.addAll(last);
                }
            }

            /** Ends it; returns what each of the threads has appended. */
            List<List<Link>> join() {
                endBranch();
                last = lasts.isEmpty() ? before : List.copyOf(lasts);
                return appended;
            }
        }
    }
}
