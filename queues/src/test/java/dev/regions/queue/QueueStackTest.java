package dev.regions.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.regions.queue.testing.FakeTask;
import dev.regions.queue.testing.RecordingQueue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class QueueStackTest {
    private final TaskQueue a = new RecordingQueue();
    private final TaskQueue b = new RecordingQueue();
    private final TaskQueue c = new RecordingQueue();

    /** The scopes that were told that they were left open, in that order. */
    private final List<Scope> leftOpen = new ArrayList<>();

    private class Scope extends QueueStack.OpenScope {
        private final String name;

        Scope(String name) {
            this.name = name;
        }

        Scope open(TaskQueue queue) {
            QueueStack.open(queue, this);
            return this;
        }

        void close() {
            pop();
        }

        List<QueueStack.OpenScope> above() {
            return openAbove();
        }

        Thread openedBy() {
            return owner();
        }

        boolean around() {
            return isAroundHere();
        }

        @Override
        protected IllegalStateException leftOpen() {
            assertThat(isOpen()).isTrue();
            leftOpen.add(this);
            return new IllegalStateException(name + " was left open");
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @AfterEach
    void nothingIsLeftOnThisThread() {
        assertThat(QueueStack.binding().endScopesLeftOpen()).isNull();
        assertThat(QueueStack.enclosing()).isEmpty();
    }

    @Test
    @DisplayName("Outside of all regions there is no queue")
    void bare() {
        assertThat(QueueStack.current()).isNull();
        assertThat(QueueStack.enclosing()).isEmpty();
        assertThat(QueueStack.isBare()).isTrue();
        assertThat(QueueStack.isOpenOnThisThread(a)).isFalse();
    }

    @Test
    @DisplayName("Listeners on the stack are told of a spawn, innermost first; what is out of sight is not told")
    void listeners() {
        List<String> told = new ArrayList<>();
        Listener outer = new Listener("outer", told);
        Listener inner = new Listener("inner", told);
        FakeTask task = new FakeTask("t");

        QueueStack.callAtRoot(outer, outer, () -> {
            QueueStack.tellListeners(task);
            QueueStack.call(a, () -> {
                Scope scope = new Scope("scope").open(inner);
                QueueStack.tellListeners(task);
                QueueStack.callAtRoot(b, b, () -> {
                    QueueStack.tellListeners(task);
                    return null;
                });
                scope.close();
                return null;
            });
            return null;
        });
        QueueStack.tellListeners(task);

        assertThat(told).containsExactly("outer t", "inner t", "outer t");
    }

    private record Listener(String name, List<String> told) implements TaskQueue, SpawnListener {
        @Override
        public void spawned(PendingTask task) {
            told.add(name + " " + task.name());
        }

        @Override
        public void enqueue(PendingTask task) {}

        @Override
        public void enqueue(TaskBatch batch) {}
    }

    // ---- Blocks -----------------------------------------------------------------------------------------------------

    @Nested
    class Blocks {
        @Test
        @DisplayName("In a block its queue is the current one, on top of those around it; afterwards all is as before")
        void nest() {
            QueueStack.call(a, () -> {
                assertThat(QueueStack.current()).isSameAs(a);
                QueueStack.call(b, () -> {
                    assertThat(QueueStack.current()).isSameAs(b);
                    assertThat(QueueStack.enclosing()).containsExactly(b, a);
                    return null;
                });
                assertThat(QueueStack.enclosing()).containsExactly(a);
                return null;
            });

            assertThat(QueueStack.current()).isNull();
        }

        @Test
        @DisplayName("A block returns what its body returns, null too")
        void result() {
            assertThat(QueueStack.<Integer, RuntimeException>call(a, () -> 42)).isEqualTo(42);
            assertThat(QueueStack.<Object, RuntimeException>callAtRoot(a, a, () -> null))
                    .isNull();
        }

        @Test
        @DisplayName("What the body throws leaves the block as it is: checked exceptions and errors too")
        void thrown() {
            IOException checked = new IOException("checked");
            Error error = new StackOverflowError("error");

            Throwable thrown = null;
            try {
                QueueStack.call(a, () -> {
                    throw checked;
                });
            } catch (IOException typed) {
                thrown = typed;
            }

            assertThat(thrown).isSameAs(checked).hasNoSuppressedExceptions();
            assertThatThrownBy(() -> QueueStack.callAtRoot(a, a, () -> {
                        throw error;
                    }))
                    .isSameAs(error);
            assertThat(QueueStack.current()).isNull();
        }

        @Test
        @DisplayName("callAtRoot() hides what is open around it, blocks and scopes, from its body alone")
        void atRoot() {
            Scope scope = new Scope("scope").open(a);
            QueueStack.call(b, () -> {
                assertThat(QueueStack.isBare()).isFalse();
                QueueStack.callAtRoot(c, c, () -> {
                    assertThat(QueueStack.enclosing()).containsExactly(c);
                    assertThat(QueueStack.isOpenOnThisThread(a)).isFalse();
                    assertThat(QueueStack.isOpenOnThisThread(b)).isFalse();
                    assertThat(QueueStack.isBare()).isTrue();
                    return null;
                });
                assertThat(QueueStack.enclosing()).containsExactly(b, a);
                return null;
            });
            scope.close();
        }

        @Test
        @DisplayName("callElsewhere() hides what is open around it, too, but is not where the code began")
        void elsewhere() {
            QueueStack.call(a, () -> {
                Scope scope = new Scope("scope").open(b);
                QueueStack.callElsewhere(c, "runtime", () -> {
                    assertThat(QueueStack.enclosing()).containsExactly(c);
                    assertThat(QueueStack.isBare()).isFalse();
                    assertThat(QueueStack.runtime()).isEqualTo("runtime");
                    return null;
                });
                assertThat(QueueStack.current()).isSameAs(b);
                scope.close();
                return null;
            });
            assertThatNullPointerException().isThrownBy(() -> QueueStack.callElsewhere(null, "runtime", () -> null));
        }

        @Test
        @DisplayName("A block neither closes nor abandons its queue")
        void leavesQueueAlone() {
            QueueStack.call(a, () -> null);
            assertThatIllegalStateException()
                    .isThrownBy(() -> QueueStack.call(a, () -> {
                        throw new IllegalStateException("thrown by the body");
                    }));

            a.enqueue(TaskBatch.of());
        }

        @Test
        @DisplayName("Without a queue or a body there is no block")
        void nulls() {
            assertThatNullPointerException().isThrownBy(() -> QueueStack.call(null, () -> null));
            assertThatNullPointerException().isThrownBy(() -> QueueStack.callAtRoot(null, "runtime", () -> null));
            assertThatNullPointerException().isThrownBy(() -> QueueStack.call(a, null));
        }

        @Test
        @DisplayName("Another thread sees nothing of the blocks of this one")
        void otherThread() {
            QueueStack.call(a, () -> {
                assertThat(onAnotherThread(QueueStack::current)).isNull();
                assertThat(onAnotherThread(() -> QueueStack.isOpenOnThisThread(a)))
                        .isFalse();
                return null;
            });
        }
    }

    // ---- Scopes -----------------------------------------------------------------------------------------------------

    @Nested
    class Scopes {
        @Test
        @DisplayName("From open to pop, the queue of a scope is the current one; scopes nest")
        void nest() {
            Scope outer = new Scope("outer").open(a);
            Scope inner = new Scope("inner").open(b);
            assertThat(QueueStack.enclosing()).containsExactly(b, a);
            assertThat(QueueStack.isBare()).isFalse();
            assertThat(inner.isOpen()).isTrue();

            inner.close();
            assertThat(inner.isOpen()).isFalse();
            assertThat(QueueStack.enclosing()).containsExactly(a);

            outer.close();
            assertThat(QueueStack.isBare()).isTrue();
        }

        @Test
        @DisplayName("A scope may be popped again, which does nothing, and opened again")
        void popTwice() {
            Scope first = new Scope("first").open(a);
            first.close();
            Scope second = new Scope("second").open(b);

            first.close();
            assertThat(QueueStack.current()).isSameAs(b);

            first.open(c);
            assertThat(QueueStack.enclosing()).containsExactly(c, b);
            first.close();
            second.close();
        }

        @Test
        @DisplayName("A scope opened inside a block is on top of it, a block run inside a scope on top of that")
        void scopesAndBlocks() {
            Scope outer = new Scope("outer").open(a);
            QueueStack.call(b, () -> {
                Scope inner = new Scope("inner").open(c);
                assertThat(QueueStack.enclosing()).containsExactly(c, b, a);
                QueueStack.call(a, () -> {
                    assertThat(QueueStack.enclosing()).containsExactly(a, c, b, a);
                    return null;
                });
                inner.close();
                assertThat(QueueStack.enclosing()).containsExactly(b, a);
                return null;
            });
            assertThat(QueueStack.enclosing()).containsExactly(a);
            outer.close();
        }

        @Test
        @DisplayName("Popping a scope takes those opened above it along; openAbove() names them, innermost first")
        void popTakesAlongWhatIsAbove() {
            Scope outer = new Scope("outer").open(a);
            Scope middle = new Scope("middle").open(b);
            Scope inner = new Scope("inner").open(c);
            assertThat(outer.above()).containsExactly(inner, middle);
            assertThat(inner.above()).isEmpty();

            outer.close();

            assertThat(List.of(outer, middle, inner)).noneMatch(QueueStack.OpenScope::isOpen);
            assertThat(QueueStack.current()).isNull();
            assertThat(leftOpen).as("popping is not giving up").isEmpty();
        }

        @Test
        @DisplayName("openAbove() ends at the block in which the scope was opened; a scope that is not open has none")
        void openAboveStaysInBlock() {
            Scope outer = new Scope("outer").open(a);
            QueueStack.call(b, () -> {
                Scope inner = new Scope("inner").open(c);
                assertThat(outer.above()).isEmpty();
                assertThat(inner.above()).isEmpty();
                inner.close();
                return null;
            });
            Scope closed = new Scope("closed").open(b);
            closed.close();

            assertThat(closed.above()).isEmpty();
            assertThat(new Scope("never open").above()).isEmpty();
            outer.close();
        }

        @Test
        @DisplayName(
                "A scope is around what its opener runs, in blocks and elsewhere too, and not around a body at the root")
        void aroundHere() {
            Scope outer = new Scope("outer").open(a);
            Scope inner = new Scope("inner").open(b);

            assertThat(outer.around()).isTrue();
            assertThat(QueueStack.<Boolean, RuntimeException>call(c, outer::around))
                    .isTrue();
            assertThat(QueueStack.<Boolean, RuntimeException>callElsewhere(c, c, outer::around))
                    .isTrue();
            assertThat(QueueStack.<Boolean, RuntimeException>callElsewhere(
                            c, c, () -> QueueStack.call(a, () -> outer.around() && inner.around())))
                    .isTrue();
            assertThat(QueueStack.<Boolean, RuntimeException>callAtRoot(c, c, outer::around))
                    .isFalse();
            assertThat(QueueStack.<Boolean, RuntimeException>callAtRoot(
                            c, c, () -> QueueStack.callElsewhere(a, a, inner::around)))
                    .isFalse();
            assertThat(QueueStack.<Boolean, RuntimeException>call(
                            a,
                            () -> QueueStack.callElsewhere(
                                    b, b, () -> QueueStack.call(c, () -> QueueStack.callAtRoot(a, a, outer::around)))))
                    .isFalse();
            assertThat(outer.around() && inner.around()).isTrue();
            outer.close();
        }

        @Test
        @DisplayName("Another thread sees nothing of an open scope, and cannot pop it")
        void otherThread() {
            Scope scope = new Scope("scope").open(a);

            assertThat(onAnotherThread(QueueStack::enclosing)).isEmpty();
            assertThat(scope.openedBy()).isSameAs(Thread.currentThread());
            assertThatIllegalStateException()
                    .isThrownBy(() -> onAnotherThread(() -> {
                        scope.close();
                        return null;
                    }))
                    .withMessageContaining("scope");

            assertThat(scope.isOpen()).isTrue();
            assertThat(QueueStack.current()).isSameAs(a);
            scope.close();
        }

        @Test
        @DisplayName("A queue is open on this thread if a block or scope of this thread has it")
        void openOnThisThread() {
            Scope scope = new Scope("scope").open(a);
            QueueStack.call(b, () -> {
                assertThat(QueueStack.isOpenOnThisThread(a)).isTrue();
                assertThat(QueueStack.isOpenOnThisThread(b)).isTrue();
                assertThat(QueueStack.isOpenOnThisThread(c)).isFalse();
                return null;
            });
            scope.close();
            assertThat(QueueStack.isOpenOnThisThread(a)).isFalse();
        }

        @Test
        @DisplayName("What cannot be opened, a scope that is open or one without a queue, leaves everything as it was")
        void cannotBeOpened() {
            Scope scope = new Scope("scope").open(a);

            assertThatIllegalStateException().isThrownBy(() -> scope.open(b)).withMessageContaining("scope");
            assertThatNullPointerException().isThrownBy(() -> new Scope("without a queue").open(null));

            assertThat(QueueStack.enclosing()).containsExactly(a);
            scope.close();
            assertThat(QueueStack.current()).isNull();
        }
    }

    // ---- Scopes left open -------------------------------------------------------------------------------------------

    @Nested
    class LeftOpen {
        @Test
        @DisplayName("A scope left open in a block is ended with the block, which then throws, naming the scope")
        void inBlock() {
            Scope scope = new Scope("scope");

            assertThatIllegalStateException()
                    .isThrownBy(() -> QueueStack.call(a, () -> scope.open(b)))
                    .withMessage("scope was left open")
                    .satisfies(thrown -> assertThat(thrown).hasNoSuppressedExceptions());

            assertThat(leftOpen).containsExactly(scope);
            assertThat(scope.isOpen()).isFalse();
        }

        @Test
        @DisplayName("If the body threw, that comes first, and the scope left open is suppressed under it")
        void inBlockThatThrows() {
            IOException checked = new IOException("checked");
            Scope scope = new Scope("scope");

            Throwable thrown = catchThrowable(() -> QueueStack.call(a, () -> {
                scope.open(b);
                throw checked;
            }));

            assertThat(thrown).isSameAs(checked);
            assertThat(thrown.getSuppressed()).singleElement().asString().contains("scope was left open");
            assertThat(scope.isOpen()).isFalse();
        }

        @Test
        @DisplayName("Several scopes left open are ended from the innermost to the outermost, and each is told of")
        void several() {
            Scope outer = new Scope("outer");
            Scope inner = new Scope("inner");

            Throwable thrown = catchThrowable(() -> QueueStack.call(a, () -> {
                outer.open(b);
                return inner.open(c);
            }));

            assertThat(leftOpen).containsExactly(inner, outer);
            assertThat(thrown).hasMessage("inner was left open");
            assertThat(thrown.getSuppressed()).singleElement().asString().contains("outer was left open");
        }

        @Test
        @DisplayName("A block ends only the scopes opened in it, not those around it")
        void onlyOwn() {
            Scope around = new Scope("around").open(a);

            assertThatIllegalStateException().isThrownBy(() -> QueueStack.call(b, () -> new Scope("in it").open(c)));

            assertThat(around.isOpen()).isTrue();
            assertThat(QueueStack.enclosing()).containsExactly(a);
            around.close();
        }

        @Test
        @DisplayName(
                "binding().endScopesLeftOpen() ends those opened outside of blocks, and returns null if there are none")
        void outsideOfBlocks() {
            Scope outer = new Scope("outer").open(a);
            Scope inner = new Scope("inner").open(b);

            IllegalStateException told = QueueStack.binding().endScopesLeftOpen();

            assertThat(told).hasMessage("inner was left open");
            assertThat(leftOpen).containsExactly(inner, outer);
            assertThat(QueueStack.current()).isNull();
            assertThat(QueueStack.binding().endScopesLeftOpen()).isNull();
        }

        @Test
        @DisplayName("binding().endScopesLeftOpen() inside a block ends those opened in the block, and the block stays")
        void insideBlock() {
            Scope around = new Scope("around").open(a);
            QueueStack.call(b, () -> {
                new Scope("in it").open(c);
                assertThat(QueueStack.binding().endScopesLeftOpen()).hasMessage("in it was left open");
                assertThat(QueueStack.enclosing()).containsExactly(b, a);
                return null;
            });
            assertThat(around.isOpen()).isTrue();
            around.close();
        }

        @Test
        @DisplayName("A scope that cannot be ended properly is taken off and told of as well as those around it")
        void cannotBeEnded() {
            RuntimeException wrong = new RuntimeException("a queue of the user's that throws");
            Scope outer = new Scope("outer");
            Scope inner = new Scope("inner") {
                @Override
                protected IllegalStateException leftOpen() {
                    throw wrong;
                }
            };
            IOException checked = new IOException("checked");

            Throwable thrown = catchThrowable(() -> QueueStack.call(a, () -> {
                outer.open(b);
                inner.open(c);
                throw checked;
            }));

            assertThat(thrown).isSameAs(checked);
            assertThat(thrown.getSuppressed()).singleElement().satisfies(told -> {
                assertThat(told).hasMessageContaining("inner").hasCause(wrong);
                assertThat(told.getSuppressed()).singleElement().asString().contains("outer was left open");
            });
            assertThat(outer.isOpen()).isFalse();
            assertThat(inner.isOpen()).isFalse();
        }
    }

    // ---- Threads that inherit ---------------------------------------------------------------------------------------

    @Nested
    class Inheritance {
        @Test
        @DisplayName("A structured task scope's thread inherits the blocks, which are not its own, and no scopes")
        void inherits() throws Exception {
            QueueStack.call(a, () -> {
                Scope scope = new Scope("scope").open(b);
                List<TaskQueue> seen = onForkedThread(QueueStack::enclosing);
                boolean own = onForkedThread(() -> QueueStack.isOpenOnThisThread(a));
                scope.close();

                assertThat(seen).containsExactly(a);
                assertThat(own).isFalse();
                return null;
            });
        }

        @Test
        @DisplayName("Blocks and scopes of the forked thread are its own, on top of what it inherits")
        void opensItsOwn() throws Exception {
            QueueStack.call(
                    a,
                    () -> onForkedThread(() -> {
                        Scope scope = new Scope("scope").open(b);
                        assertThat(QueueStack.enclosing()).containsExactly(b, a);
                        assertThat(QueueStack.isOpenOnThisThread(b)).isTrue();
                        QueueStack.call(c, () -> {
                            assertThat(QueueStack.enclosing()).containsExactly(c, b, a);
                            return null;
                        });
                        scope.close();
                        assertThat(QueueStack.enclosing()).containsExactly(a);

                        new Scope("left open").open(b);
                        assertThat(QueueStack.binding().endScopesLeftOpen()).hasMessage("left open was left open");
                        assertThat(QueueStack.enclosing()).containsExactly(a);
                        return null;
                    }));
        }

        /**
         * Runs a body on a thread forked by a {@code StructuredTaskScope}. By reflection, for that is a preview API
         * with another shape in every release; where it is not the one of JDK 25, the test is aborted.
         */
        private <T> T onForkedThread(Callable<T> body) throws Exception {
            FutureTask<T> task = new FutureTask<>(body);
            try {
                Class<?> type = Class.forName("java.util.concurrent.StructuredTaskScope");
                try (AutoCloseable scope =
                        (AutoCloseable) type.getMethod("open").invoke(null)) {
                    type.getMethod("fork", Runnable.class).invoke(scope, task);
                    type.getMethod("join").invoke(scope);
                }
            } catch (ReflectiveOperationException another) {
                Assumptions.abort("StructuredTaskScope has another shape here: " + another);
            }
            return task.get();
        }
    }

    /** Runs a body on a thread that inherits nothing. What it throws is thrown here, as it is. */
    private static <T> T onAnotherThread(Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(body);
        Thread.ofPlatform().start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
