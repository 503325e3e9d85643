package dev.regions.core;

import dev.regions.observe.RegionEvent;
import dev.regions.observe.TaskEvent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Who is to be told of the tasks of a core. Immutable: a task keeps the one that it was spawned under, so that everybody hears
 * either of the whole life of a task or of nothing of it.
 *
 * @param of the core that is observed
 * @param subscriptions the observers of users
 * @param live where unfinished tasks are listed, null for nowhere
 * @param flightRecorder whether there is a recording that wants events of tasks
 */
record ObserverSet(
        ObserverRegistry of,
        Subscription[] subscriptions,
        @Nullable TaskRegistry live,
        boolean flightRecorder) {
    static ObserverSet nobody(ObserverRegistry of) {
        return new ObserverSet(of, new Subscription[0], null, false);
    }

    boolean isNobody() {
        return subscriptions.length == 0 && live == null && !flightRecorder;
    }

    ObserverSet with(Subscription more) {
        Subscription[] all = Arrays.copyOf(subscriptions, subscriptions.length + 1);
        all[subscriptions.length] = more;
        return new ObserverSet(of, all, live, flightRecorder);
    }

    ObserverSet without(Subscription gone) {
        Subscription[] rest =
                Arrays.stream(subscriptions).filter(each -> each != gone).toArray(Subscription[]::new);
        return new ObserverSet(of, rest, live, flightRecorder);
    }

    boolean wants(TaskEvent.Kind kind) {
        for (Subscription subscription : subscriptions) {
            if (subscription.wants(kind)) {
                return true;
            }
        }
        return false;
    }

    void tell(TaskEvent event) {
        for (Subscription subscription : subscriptions) {
            if (subscription.wants(event.kind())) {
                subscription.offer(event);
            }
        }
    }

    void tell(Subscription.OfRegion kind, RegionEvent event) {
        for (Subscription subscription : subscriptions) {
            subscription.offer(new Subscription.RegionHappening(kind, event));
        }
    }

    void tellDeadlock(String description) {
        for (Subscription subscription : subscriptions) {
            subscription.offer(description);
        }
    }

    /** Counts an event that could not even be made: memory or stack has given out. */
    void lose() {
        for (Subscription subscription : subscriptions) {
            subscription.lose();
        }
    }
}
