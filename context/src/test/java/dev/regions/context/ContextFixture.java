package dev.regions.context;

import static org.assertj.core.api.Assertions.assertThat;

import dev.regions.TaskRuntime;
import io.micrometer.context.ContextRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** A runtime with context, and what there is to propagate: a thread-local and two scoped values. */
abstract class ContextFixture {
    static final long SECONDS = 30;
    static final String NOTHING = "null - -";
    static final ScopedValue<String> TENANT = ScopedValue.newInstance();
    static final ScopedValue<String> REQUEST = ScopedValue.newInstance();
    static final ScopedValue<String> NOT_REGISTERED = ScopedValue.newInstance();

    final ThreadLocal<String> user = new ThreadLocal<>();
    final ContextRegistry registry = new ContextRegistry().registerThreadLocalAccessor("user", user);
    final TaskRuntime runtime = TaskRuntime.builder()
            .name("with context")
            .root(ContextPropagation.of(registry, TENANT, REQUEST))
            .onUncaughtFailure(failure -> {})
            .build();

    @AfterEach
    void close() {
        runtime.close();
    }

    /** What of the context is to be seen here. */
    String seen() {
        return user.get() + " " + TENANT.orElse("-") + " " + REQUEST.orElse("-");
    }

    interface Body<R> {
        R call() throws Exception;
    }

    /** Runs a body in the runtime, with the user and the tenant set on this thread, and nothing after it. */
    <R> R in(String name, Body<R> body) throws Exception {
        return as(name, () -> runtime.call(body::call));
    }

    <R> R as(String name, Body<R> body) throws Exception {
        String before = user.get();
        user.set(name);
        try {
            return bound(TENANT, name, body);
        } finally {
            if (before == null) {
                user.remove();
            } else {
                user.set(before);
            }
        }
    }

    static <R> R bound(ScopedValue<String> key, String value, Body<R> body) throws Exception {
        CompletableFuture<R> result = new CompletableFuture<>();
        ScopedValue.where(key, value).run(() -> {
            try {
                result.complete(body.call());
            } catch (Throwable t) {
                result.completeExceptionally(t);
            }
        });
        return result.get(0, TimeUnit.SECONDS);
    }

    static void await(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(SECONDS, TimeUnit.SECONDS)).as("the latch opens").isTrue();
    }
}
