package dev.regions.context;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The scoped values at a spawn: the bound ones with their values, and the unbound ones. Uses only the part of
 * {@link ScopedValue} that Java 21 and 25 share.
 *
 * @param bound binds the bound ones; null if there were none
 * @param unbound the unbound ones
 */
record CapturedScopedValues(ScopedValue.@Nullable Carrier bound, List<ScopedValue<?>> unbound) {

    /** Captures the bindings of the calling thread. */
    static CapturedScopedValues capture(List<ScopedValue<?>> keys) {
        ScopedValue.Carrier bound = null;
        List<ScopedValue<?>> unbound = new ArrayList<>(0);
        for (ScopedValue<?> key : keys) {
            if (key.isBound()) {
                bound = with(bound, key);
            } else {
                unbound.add(key);
            }
        }
        return new CapturedScopedValues(bound, bound == null ? keys : unbound);
    }

    private static <T> ScopedValue.Carrier with(ScopedValue.@Nullable Carrier others, ScopedValue<T> key) {
        return others == null ? ScopedValue.where(key, key.get()) : others.where(key, key.get());
    }

    /**
     * Returns true if the bindings can be restored on the calling thread. A binding can be replaced for a while, but
     * not undone: unbound values must be unbound already.
     */
    boolean canBePutOnHere() {
        for (ScopedValue<?> key : unbound) {
            if (key.isBound()) {
                return false;
            }
        }
        return true;
    }

    /** Calls a body with the values bound. Exceptions of the body are thrown without a wrapper. */
    @Nullable
    Object call(Callable<? extends @Nullable Object> body) throws Exception {
        if (bound == null) {
            return body.call();
        }
        Invocation invocation = new Invocation(body);
        bound.run(invocation);
        return invocation.outcome();
    }

    /** Carries a result or an exception out of {@code Carrier.run}, the one method that Java 21 and 25 share. */
    private static final class Invocation implements Runnable {
        private final Callable<? extends @Nullable Object> body;
        private @Nullable Object result;
        private @Nullable Throwable thrown;

        Invocation(Callable<? extends @Nullable Object> body) {
            this.body = body;
        }

        @Override
        public void run() {
            try {
                result = body.call();
            } catch (Throwable t) {
                thrown = t;
            }
        }

        @Nullable
        Object outcome() throws Exception {
            if (thrown != null) {
                throw Invocation.<RuntimeException>unchecked(thrown);
            }
            return result;
        }

        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        private static <X extends Throwable> X unchecked(Throwable thrown) throws X {
            throw (X) thrown;
        }
    }
}
