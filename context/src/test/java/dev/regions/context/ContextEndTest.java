package dev.regions.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.Regions;
import dev.regions.Tasks;
import dev.regions.task.Task;
import io.micrometer.context.ThreadLocalAccessor;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("Context")
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ContextEndTest extends ContextFixture {

    @Nested
    @DisplayName("leaves nothing behind on the worker")
    class LeavesNothing {
        /**
         * Runs a body as a task; returns what is seen on its thread when it has ended, and nothing else has run there.
         */
        private String seenAfter(String spawner, Body<?> body) throws Exception {
            CountDownLatch started = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            AtomicReference<Thread> worker = new AtomicReference<>();
            AtomicReference<String> after = new AtomicReference<>();
            Callable<Object> handshake = () -> {
                worker.set(Thread.currentThread());
                started.countDown();
                await(go);
                return body.call();
            };
            Task<Object> task = spawner == null
                    ? runtime.call(() -> Tasks.spawn(handshake))
                    : in(spawner, () -> Tasks.spawn(handshake));
            await(started);
            CompletableFuture<Object> end = task.toCompletableFuture().whenComplete((result, thrown) -> {
                if (Thread.currentThread() == worker.get()) {
                    after.set(seen());
                }
            });
            go.countDown();
            assertThat(end.handle((result, thrown) -> true).get(SECONDS, TimeUnit.SECONDS))
                    .isTrue();
            return after.get();
        }

        @Test
        @DisplayName("after a body that returns")
        void returns() throws Exception {
            assertThat(seenAfter("ann", () -> seen())).isEqualTo(NOTHING);
        }

        @Test
        @DisplayName("after a body that throws")
        void throwing() throws Exception {
            assertThat(seenAfter("ann", () -> {
                        throw new IOException("thrown");
                    }))
                    .isEqualTo(NOTHING);
        }

        @Test
        @DisplayName("after a body that has set, or removed, registered thread-locals itself")
        void setByTheBody() throws Exception {
            assertThat(seenAfter("ann", () -> {
                        user.set("bob");
                        return null;
                    }))
                    .isEqualTo(NOTHING);
            assertThat(seenAfter(null, () -> {
                        user.set("bob");
                        return null;
                    }))
                    .isEqualTo(NOTHING);
            assertThat(seenAfter("ann", () -> {
                        user.remove();
                        return null;
                    }))
                    .isEqualTo(NOTHING);
        }

        @Test
        @DisplayName("for the next task, which runs on the same thread and was spawned with nothing")
        void forTheNextTask() throws Exception {
            boolean sameThread = false;

            // Which worker runs the next one is up to the runtime: try until it was the same.
            for (int attempt = 0; attempt < 10_000 && !sameThread; attempt++) {
                Task<Thread> first = in(
                        "ann",
                        () -> Tasks.spawn(() -> {
                            user.set("left behind");
                            return Thread.currentThread();
                        }));
                Task<String> next = runtime.call(
                        () -> Tasks.spawn(first, thread -> (thread == Thread.currentThread()) + " " + seen()));
                assertThat(next.join()).endsWith(" " + NOTHING);
                sameThread = next.join().startsWith("true");
            }

            assertThat(sameThread).as("a worker ran both").isTrue();
        }
    }

    @Nested
    @DisplayName("when a join runs a task in place")
    class InPlace {
        private final AtomicBoolean inPlace = new AtomicBoolean();

        /** Spawns a task, as somebody, that is likely to be run by the caller's join. */
        private Task<String> inner(String name, Body<String> body) throws Exception {
            Thread here = Thread.currentThread();
            Callable<String> noting = () -> {
                inPlace.compareAndSet(false, Thread.currentThread() == here);
                return body.call();
            };
            return name == null ? Tasks.spawn(noting) : as(name, () -> Tasks.spawn(noting));
        }

        @Test
        @DisplayName("is that of the inner task, and then that of the outer one again")
        void innerAndOuter() throws Exception {
            // Whether a join runs the task in place depends on whether a worker was faster, so try until one was not.
            for (int attempt = 0; attempt < 10_000 && !inPlace.get(); attempt++) {
                String seen = in("ann", () -> Tasks.spawn(() -> {
                            Task<String> inner = inner("bob", () -> {
                                String before = seen();
                                user.set("changed");
                                return before;
                            });
                            user.set("carl");
                            return inner.join() + ", " + seen();
                        })
                        .join());
                assertThat(seen).isEqualTo("bob bob -, carl ann -");
            }

            assertThat(inPlace).as("a join ran a task in place").isTrue();
        }

        @Test
        @DisplayName("is taken off if the inner one throws")
        void innerThrows() throws Exception {
            for (int attempt = 0; attempt < 10_000 && !inPlace.get(); attempt++) {
                String seen = in("ann", () -> Tasks.spawn(() -> {
                            Task<String> inner = inner("bob", () -> {
                                throw new IOException(seen());
                            });
                            assertThatThrownBy(inner::join).hasRootCauseMessage("bob bob -");
                            return seen();
                        })
                        .join());
                assertThat(seen).isEqualTo("ann ann -");
            }

            assertThat(inPlace).as("a join ran a task in place").isTrue();
        }

        @Test
        @DisplayName("has no thread-local that was not set at the spawn, though it is set where it is joined")
        void unsetThreadLocal() throws Exception {
            for (int attempt = 0; attempt < 10_000 && !inPlace.get(); attempt++) {
                String seen = runtime.call(() -> Tasks.spawn(() -> {
                            Task<String> inner = inner(null, () -> seen());
                            user.set("carl");
                            return inner.join() + ", " + seen();
                        })
                        .join());
                assertThat(seen).isEqualTo(NOTHING + ", carl - -");
            }

            assertThat(inPlace).as("a join ran a task in place").isTrue();
        }

        @Test
        @DisplayName("has no scoped value that was not bound at the spawn: such a task is left to another worker")
        void unboundScopedValue() throws Exception {
            for (int attempt = 0; attempt < 500; attempt++) {
                String seen = in("ann", () -> Tasks.spawn(() -> {
                            Task<String> inner = inner("bob", () -> seen());
                            return bound(REQUEST, "7", () -> inner.join() + ", " + seen());
                        })
                        .join());
                assertThat(seen).isEqualTo("bob bob -, ann ann 7");
            }

            assertThat(inPlace).as("a join ran a task in place").isFalse();
        }
    }

    @Nested
    @DisplayName("with an accessor that throws")
    class BrokenAccessor implements ThreadLocalAccessor<String> {
        private volatile String throwsAt = "";

        @Override
        public Object key() {
            return "broken";
        }

        @Override
        public String getValue() {
            return step("get");
        }

        @Override
        public void setValue(String value) {
            step("set");
        }

        @Override
        public void setValue() {
            step("clear");
        }

        @Override
        public void restore(String value) {
            step("restore");
        }

        private String step(String step) {
            if (step.equals(throwsAt)) {
                throw new IllegalStateException("cannot " + step);
            }
            return "value";
        }

        @Test
        @DisplayName("while it captures, the spawn throws, and the task is not launched")
        void capture() throws Exception {
            registry.registerThreadLocalAccessor(this);
            throwsAt = "get";

            assertThatThrownBy(() -> runtime.call(() -> Tasks.spawn(() -> 1))).hasMessage("cannot get");
            assertThatThrownBy(() -> runtime.call(
                            () -> Regions.<Task<Integer>, RuntimeException>bulk(() -> Tasks.spawn(() -> 1))))
                    .hasMessage("cannot get");

            assertThat(runtime.inFlightCount()).isZero();
        }

        @Test
        @DisplayName("while it puts on, or takes off, the task fails, and later ones see their own context")
        void putOn() throws Exception {
            registry.registerThreadLocalAccessor(this);
            for (String step : List.of("set", "restore")) {
                throwsAt = step;
                AtomicBoolean ran = new AtomicBoolean();
                Task<?> broken = in(
                        "ann",
                        () -> Tasks.spawn(() -> {
                            ran.set(true);
                        }));
                assertThatThrownBy(broken::join).hasRootCauseMessage("cannot " + step);
                assertThat(ran.get()).isEqualTo(step.equals("restore"));

                throwsAt = "";
                assertThat(in("bob", () -> Tasks.spawn(() -> seen()).join())).isEqualTo("bob bob -");
                assertThat(runtime.call(() -> Tasks.spawn(() -> seen()).join())).isEqualTo(NOTHING);
            }
        }
    }
}
