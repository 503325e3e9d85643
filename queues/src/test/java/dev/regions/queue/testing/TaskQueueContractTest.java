package dev.regions.queue.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.regions.queue.Dependency;
import dev.regions.queue.EdgeReason;
import dev.regions.queue.PendingTask;
import dev.regions.queue.TaskBatch;
import dev.regions.queue.TaskQueue;
import dev.regions.task.QueueClosedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The contract finds out queues that break it. That queues which keep it pass is for their own tests to show. */
class TaskQueueContractTest {

    /** A queue that keeps the contract and hands on at once, for others to break. */
    private static class Relay implements TaskQueue {
        final TaskQueue upstream;
        volatile boolean closed;

        Relay(TaskQueue upstream) {
            this.upstream = upstream;
        }

        @Override
        public void enqueue(PendingTask task) {
            ensureOpen();
            upstream.enqueue(task);
        }

        @Override
        public void enqueue(TaskBatch batch) {
            ensureOpen();
            upstream.enqueue(batch);
        }

        void ensureOpen() {
            if (closed) {
                throw new QueueClosedException("closed");
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** A queue that keeps the contract and holds everything, for others to break. */
    private static class Holder extends Relay {
        final List<PendingTask> held = new CopyOnWriteArrayList<>(); // for who asks: the monitor may be held for long

        Holder(TaskQueue upstream) {
            super(upstream);
        }

        @Override
        public void enqueue(PendingTask task) {
            enqueue(TaskBatch.of(task));
        }

        @Override
        public synchronized void enqueue(TaskBatch batch) {
            ensureOpen();
            batch.tasks().forEach(task -> task.heldBy(this));
            held.addAll(batch.tasks());
        }

        @Override
        public synchronized void flush() {
            if (held.isEmpty()) {
                return;
            }
            TaskBatch batch = new TaskBatch(held);
            held.clear();
            try {
                upstream.enqueue(batch);
            } catch (Throwable refused) {
                batch.abandon(refused);
                throw refused;
            }
        }

        @Override
        public synchronized void close() {
            closed = true;
            flush();
        }

        @Override
        public synchronized void abandon(Throwable reason) {
            closed = true;
            new TaskBatch(held).abandon(reason);
            held.clear();
        }

        @Override
        public boolean holdsUntilClosed() {
            return true;
        }

        @Override
        public void forEachHeld(Consumer<? super PendingTask> action) {
            held.forEach(action);
        }
    }

    private interface Clause {
        void check(TaskQueueContract contract) throws Exception;
    }

    private static TaskQueueContract contractOf(UnaryOperator<TaskQueue> kind) {
        return new TaskQueueContract() {
            @Override
            protected TaskQueue create(TaskQueue upstream) {
                return kind.apply(upstream);
            }
        };
    }

    private static void assertFoundOut(UnaryOperator<TaskQueue> broken, Clause clause) {
        TaskQueueContract contract = contractOf(broken);
        contract.makeQueue();
        ThrowingCallable check = () -> clause.check(contract);
        assertThat(catchThrowable(check))
                .as("what the contract says to a broken queue")
                .isNotNull();
    }

    @Test
    @DisplayName("that loses a task")
    void losesTask() {
        assertFoundOut(
                upstream -> new Relay(upstream) {
                    @Override
                    public void enqueue(PendingTask task) {
                        ensureOpen();
                    }
                },
                TaskQueueContract::handsOnSingleTasks);
    }

    @Test
    @DisplayName("that hands on a task twice")
    void doublesTask() {
        assertFoundOut(
                upstream -> new Relay(upstream) {
                    @Override
                    public void enqueue(PendingTask task) {
                        super.enqueue(task);
                        super.enqueue(task);
                    }
                },
                TaskQueueContract::handsOnSingleTasks);
    }

    @Test
    @DisplayName("that hands on a part of a batch")
    void losesPartOfBatch() {
        assertFoundOut(
                upstream -> new Relay(upstream) {
                    @Override
                    public void enqueue(TaskBatch batch) {
                        super.enqueue(batch.tasks().get(0));
                    }
                },
                TaskQueueContract::handsOnBatches);
    }

    @Test
    @DisplayName("that changes a task after having handed it on")
    void changesTaskTooLate() {
        assertFoundOut(
                upstream -> new Relay(upstream) {
                    @Override
                    public void enqueue(PendingTask task) {
                        super.enqueue(task);
                        task.rename("too late");
                    }
                },
                TaskQueueContract::handsOnSingleTasks);
    }

    @Test
    @DisplayName("that adds tasks of its own without saying that it does")
    void addsTasks() {
        assertFoundOut(
                upstream -> new Relay(upstream) {
                    @Override
                    public void enqueue(PendingTask task) {
                        super.enqueue(task);
                        super.enqueue(task.barrier("unexpected"));
                    }
                },
                TaskQueueContract::handsOnSingleTasks);
    }

    @Test
    @DisplayName("that lets a task wait for a barrier that it never hands on")
    void losesBarrier() {
        assertFoundOut(
                upstream -> new Relay(upstream) {
                    @Override
                    public void enqueue(PendingTask task) {
                        task.dependsOn(task.barrier("lost").task(), Dependency.Kind.SOFT);
                        super.enqueue(task);
                    }
                },
                TaskQueueContract::nests);
    }

    @Test
    @DisplayName("that says of an edge of its own that the spawning code asked for it")
    void saysWrongReason() {
        assertFoundOut(
                upstream -> new Relay(upstream) {
                    private PendingTask last;

                    @Override
                    public void enqueue(PendingTask task) {
                        if (last != null) {
                            task.dependsOn(last.task(), Dependency.Kind.SOFT, EdgeReason.AFTER, this);
                        }
                        last = task;
                        super.enqueue(task);
                    }
                },
                TaskQueueContract::edgesHaveTrueReasons);
    }

    @Test
    @DisplayName("that drops cancelled tasks without abandoning them")
    void dropsCancelled() {
        assertFoundOut(
                upstream -> new Holder(upstream) {
                    @Override
                    public synchronized void flush() {
                        held.removeIf(task -> task.task().isDone());
                        super.flush();
                    }
                },
                TaskQueueContract::cancelledTaskComesOut);
    }

    @Test
    @DisplayName("that does something on an empty batch")
    void emptyBatchCounts() {
        assertFoundOut(
                upstream -> new Relay(upstream) {
                    private String prefix = "";

                    @Override
                    public void enqueue(PendingTask task) {
                        task.rename(prefix + task.name());
                        super.enqueue(task);
                    }

                    @Override
                    public void enqueue(TaskBatch batch) {
                        prefix = batch.isEmpty() ? "after an empty batch" : "";
                        super.enqueue(batch);
                    }
                },
                TaskQueueContract::emptyBatchChangesNothing);
    }

    @Test
    @DisplayName("that takes null, or notices it too late")
    void takesNull() {
        assertFoundOut(
                upstream -> new Relay(upstream) {
                    private String last = "";

                    @Override
                    public void enqueue(PendingTask task) {
                        String before = last;
                        last = task == null ? "null" : task.name();
                        task.rename(task.name() + " after " + before);
                        super.enqueue(task);
                    }
                },
                TaskQueueContract::nullIsRefused);
        assertFoundOut(
                upstream -> new Relay(upstream) {
                    @Override
                    public void enqueue(TaskBatch batch) {
                        if (batch != null) {
                            super.enqueue(batch);
                        }
                    }
                },
                TaskQueueContract::nullIsRefused);
    }

    @Test
    @DisplayName("that holds tasks and does not mark them")
    void doesNotMarkHeld() {
        assertFoundOut(
                upstream -> new Holder(upstream) {
                    @Override
                    public synchronized void enqueue(TaskBatch batch) {
                        ensureOpen();
                        held.addAll(batch.tasks());
                    }
                },
                TaskQueueContract::heldTasksAreMarked);
    }

    @Test
    @DisplayName("that holds tasks and does not tell of them, or tells of what it has let go of")
    void doesNotTellOfHeld() {
        UnaryOperator<TaskQueue> silent = upstream -> new Holder(upstream) {
            @Override
            public void forEachHeld(Consumer<? super PendingTask> action) {}
        };
        UnaryOperator<TaskQueue> onlyTheFirst = upstream -> new Holder(upstream) {
            @Override
            public void forEachHeld(Consumer<? super PendingTask> action) {
                held.stream().limit(1).forEach(action);
            }
        };
        UnaryOperator<TaskQueue> remembering = upstream -> new Relay(upstream) {
            private final List<PendingTask> passed = new ArrayList<>();

            @Override
            public void enqueue(PendingTask task) {
                super.enqueue(task);
                passed.add(task);
            }

            @Override
            public void forEachHeld(Consumer<? super PendingTask> action) {
                passed.forEach(action);
            }
        };
        UnaryOperator<TaskQueue> tellingOfAbandoned = upstream -> new Holder(upstream) {
            @Override
            public synchronized void abandon(Throwable reason) {
                closed = true;
                new TaskBatch(held).abandon(reason);
            }

            @Override
            public synchronized void flush() {
                if (!closed || !held.get(0).task().isDone()) {
                    super.flush();
                }
            }
        };

        assertFoundOut(silent, TaskQueueContract::heldTasksAreTold);
        assertFoundOut(onlyTheFirst, TaskQueueContract::heldTasksAreTold);
        assertFoundOut(remembering, TaskQueueContract::heldTasksAreTold);
        assertFoundOut(tellingOfAbandoned, TaskQueueContract::heldTasksAreTold);
    }

    @Test
    @DisplayName("that hands on nothing when it is flushed, or closes then")
    void doesNotFlush() {
        assertFoundOut(
                upstream -> new Holder(upstream) {
                    @Override
                    public void flush() {}

                    @Override
                    public synchronized void close() {
                        closed = true;
                        super.flush();
                    }
                },
                TaskQueueContract::flushHandsOnAndStaysOpen);
        assertFoundOut(
                upstream -> new Relay(upstream) {
                    @Override
                    public void flush() {
                        close();
                    }
                },
                TaskQueueContract::flushHandsOnAndStaysOpen);
    }

    @Test
    @DisplayName("that takes tasks when it is closed or abandoned, as the default methods of TaskQueue let it")
    void neverCloses() {
        UnaryOperator<TaskQueue> broken = upstream -> new Relay(upstream) {
            @Override
            void ensureOpen() {}
        };

        assertFoundOut(broken, TaskQueueContract::closedQueueRefusesTask);
        assertFoundOut(broken, TaskQueueContract::closedQueueRefusesBatch);
        assertFoundOut(broken, TaskQueueContract::abandonedQueueRefuses);
    }

    @Test
    @DisplayName("that refuses a task when it has done something with it already")
    void refusesTooLate() {
        assertFoundOut(
                upstream -> new Relay(upstream) {
                    @Override
                    public void enqueue(PendingTask task) {
                        task.rename("changed");
                        super.enqueue(task);
                    }
                },
                TaskQueueContract::closedQueueRefusesTask);
        assertFoundOut(
                upstream -> new Holder(upstream) {
                    @Override
                    public synchronized void enqueue(TaskBatch batch) {
                        batch.tasks().forEach(task -> task.heldBy(this));
                        super.enqueue(batch);
                    }
                },
                TaskQueueContract::closedQueueRefusesBatch);
        assertFoundOut(
                upstream -> new Relay(upstream) {
                    @Override
                    public void enqueue(PendingTask task) {
                        if (closed) {
                            task.abandon(new Exception("not the queue's to say"));
                        }
                        super.enqueue(task);
                    }
                },
                TaskQueueContract::abandonedQueueRefuses);
    }

    @Test
    @DisplayName("that hands on once more when it is closed twice")
    void closesTwice() {
        UnaryOperator<TaskQueue> broken = upstream -> new Holder(upstream) {
            @Override
            public synchronized void close() {
                closed = true;
                upstream.enqueue(new TaskBatch(held));
            }
        };

        assertFoundOut(broken, TaskQueueContract::nothingHappensAfterClose);
    }

    @Test
    @DisplayName("that hands on what it holds when it is abandoned, then or later, or abandons it for another reason")
    void doesNotAbandon() {
        UnaryOperator<TaskQueue> handingOn = upstream -> new Holder(upstream) {
            @Override
            public synchronized void abandon(Throwable reason) {
                close();
            }
        };
        UnaryOperator<TaskQueue> keeping = upstream -> new Holder(upstream) {
            @Override
            public synchronized void abandon(Throwable reason) {
                closed = true;
            }
        };
        UnaryOperator<TaskQueue> anotherReason = upstream -> new Holder(upstream) {
            @Override
            public synchronized void abandon(Throwable reason) {
                super.abandon(new Exception("another reason"));
            }
        };

        assertFoundOut(handingOn, TaskQueueContract::abandonAbandonsWhatIsHeld);
        assertFoundOut(keeping, TaskQueueContract::abandonAbandonsWhatIsHeld);
        assertFoundOut(keeping, TaskQueueContract::nothingHappensAfterAbandon);
        assertFoundOut(anotherReason, TaskQueueContract::abandonAbandonsWhatIsHeld);
    }

    @Test
    @DisplayName(
            "that swallows the exception of the queue upstream, or loses what that refused, or does not close then")
    void refusalGoesWrong() {
        UnaryOperator<TaskQueue> swallowing = upstream -> new Holder(upstream) {
            @Override
            public synchronized void flush() {
                catchThrowable(super::flush);
            }
        };
        UnaryOperator<TaskQueue> losing = upstream -> new Holder(upstream) {
            @Override
            public synchronized void flush() {
                TaskBatch batch = new TaskBatch(held);
                held.clear();
                upstream.enqueue(batch);
            }
        };
        UnaryOperator<TaskQueue> stayingOpen = upstream -> new Holder(upstream) {
            @Override
            public synchronized void close() {
                flush();
                closed = true;
            }
        };
        UnaryOperator<TaskQueue> keepingForLater = upstream -> new Holder(upstream) {
            @Override
            public synchronized void flush() {
                upstream.enqueue(new TaskBatch(held));
                held.clear();
            }
        };

        assertFoundOut(swallowing, TaskQueueContract::refusalComesOutAndNothingIsLost);
        assertFoundOut(losing, TaskQueueContract::refusalComesOutAndNothingIsLost);
        assertFoundOut(stayingOpen, TaskQueueContract::refusedCloseCloses);
        assertFoundOut(keepingForLater, TaskQueueContract::refusedCloseCloses);
    }

    @Test
    @DisplayName("that closes between a look whether it is closed and the taking of a task")
    void losesRace() {
        UnaryOperator<TaskQueue> broken = upstream -> new Relay(upstream) {
            private final List<PendingTask> held = Collections.synchronizedList(new ArrayList<>());

            @Override
            public void enqueue(PendingTask task) {
                ensureOpen();
                Thread.yield();
                held.add(task);
            }

            @Override
            public void close() {
                super.close();
                synchronized (held) {
                    held.forEach(upstream::enqueue);
                    held.clear();
                }
            }
        };

        assertFoundOut(broken, contract -> {
            for (int i = 0; i < 10; i++) {
                contract.closeRaces();
            }
        });
    }

    @Test
    @DisplayName("but not one that hands on, or holds, as it should")
    void passesGoodQueues() throws Exception {
        for (UnaryOperator<TaskQueue> good : List.<UnaryOperator<TaskQueue>>of(Relay::new, Holder::new)) {
            TaskQueueContract contract = contractOf(good);
            for (Clause clause : List.<Clause>of(
                    TaskQueueContract::handsOnSingleTasks,
                    TaskQueueContract::handsOnBatches,
                    TaskQueueContract::flushHandsOnAndStaysOpen,
                    TaskQueueContract::emptyBatchChangesNothing,
                    TaskQueueContract::nullIsRefused,
                    TaskQueueContract::cancelledTaskComesOut,
                    TaskQueueContract::nests,
                    TaskQueueContract::heldTasksAreMarked,
                    TaskQueueContract::heldTasksAreTold,
                    TaskQueueContract::tellingDoesNotWait,
                    TaskQueueContract::closedQueueRefusesTask,
                    TaskQueueContract::closedQueueRefusesBatch,
                    TaskQueueContract::abandonedQueueRefuses,
                    TaskQueueContract::nothingHappensAfterClose,
                    TaskQueueContract::abandonAbandonsWhatIsHeld,
                    TaskQueueContract::nothingHappensAfterAbandon,
                    TaskQueueContract::refusalComesOutAndNothingIsLost,
                    TaskQueueContract::refusedCloseCloses,
                    TaskQueueContract::staysUsableAfterRefusal,
                    TaskQueueContract::closeRaces,
                    TaskQueueContract::abandonRaces)) {
                contract.makeQueue();
                clause.check(contract);
            }
        }
    }
}
