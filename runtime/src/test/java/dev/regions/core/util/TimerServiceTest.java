package dev.regions.core.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.regions.LogRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("TimerService")
@Timeout(60)
public class TimerServiceTest {
    private static final long LONG = TimeUnit.HOURS.toNanos(1);

    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean noThreads = new AtomicBoolean();
    private TimerService timers = new TimerService(this::newThread, LONG);

    private Thread newThread(Runnable loop) {
        if (noThreads.get()) {
            throw new OutOfMemoryError("unable to create native thread, on purpose");
        }
        Thread thread = Thread.ofPlatform().daemon().unstarted(loop);
        threads.add(thread);
        return thread;
    }

    @AfterEach
    void end() throws InterruptedException {
        timers.end();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    @DisplayName("run alarms in the order of their times, on one thread")
    void inOrder() throws Exception {
        Queue<Integer> gone = new ConcurrentLinkedQueue<>();
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        timers.set(0, () -> {
            blocked.countDown();
            awaitQuietly(release);
        });
        blocked.await();

        for (int i = 9; i >= 0; i--) {
            int number = i;
            timers.set(TimeUnit.MILLISECONDS.toNanos(5 * i), () -> gone.add(number));
        }
        release.countDown();

        Awaitility.await().until(() -> gone.size() == 10);
        assertThat(gone).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(threads).hasSize(1);
        assertThat(timers.pending()).isZero();
    }

    @Test
    @DisplayName(
            "whose thread cannot be started say so, have the alarm called off, and work again once there are threads")
    void noThreads() {
        AtomicInteger gone = new AtomicInteger();
        noThreads.set(true);

        assertThatThrownBy(() -> timers.set(0, gone::incrementAndGet)).isInstanceOf(OutOfMemoryError.class);
        assertThat(timers.pending()).isZero();
        noThreads.set(false);
        timers.set(0, () -> gone.addAndGet(10));

        Awaitility.await().until(() -> gone.get() > 0);
        assertThat(gone).hasValue(10);
    }

    @Test
    @DisplayName("wake for an alarm that is due sooner than those they sleep for")
    void sooner() {
        AtomicInteger gone = new AtomicInteger();
        timers.set(LONG, gone::incrementAndGet);
        Awaitility.await().until(() -> threads.element().getState() == Thread.State.TIMED_WAITING);

        timers.set(0, () -> gone.addAndGet(10));

        Awaitility.await().until(() -> gone.get() > 0);
        assertThat(gone).hasValue(10);
        assertThat(timers.pending()).isOne();
    }

    @Test
    @DisplayName("let go of alarms that were called off")
    void calledOff() {
        List<Timer> alarms = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            alarms.add(timers.set(LONG + i, () -> {}));
        }

        alarms.forEach(Timer::callOff);

        assertThat(timers.pending()).isZero();
        Awaitility.await().until(() -> timers.kept() < 200);
    }

    @Test
    @DisplayName("end their thread when there is nothing to do, and start another")
    void keepAlive() {
        timers = new TimerService(this::newThread, 0);
        AtomicInteger gone = new AtomicInteger();

        for (int i = 1; i <= 3; i++) {
            timers.set(0, gone::incrementAndGet);
            int times = i;
            Awaitility.await().until(() -> gone.get() == times);
            Awaitility.await().until(() -> threads.stream().noneMatch(Thread::isAlive));
        }

        assertThat(threads).hasSize(3);
    }

    @Test
    @DisplayName("go on after an alarm that throws")
    void throwing() {
        AtomicInteger gone = new AtomicInteger();

        try (LogRecords log = LogRecords.containing("an alarm of the runtime has failed")) {
            timers.set(0, () -> {
                throw new IllegalStateException("on purpose");
            });
            timers.set(0, gone::incrementAndGet);

            Awaitility.await().until(() -> gone.get() == 1);
            assertThat(log.await(1).thrown()).singleElement().satisfies(thrown -> assertThat(thrown)
                    .hasMessage("on purpose"));
        }
        assertThat(threads).hasSize(1);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Has threads that never run: an alarm never goes off. */
    public static TimerService thatNeverCome() {
        return new TimerService(
                loop -> new Thread(loop) {
                    @Override
                    public void start() {}
                },
                LONG);
    }

    /** Has no threads. */
    public static ThreadFactory none() {
        return loop -> {
            throw new OutOfMemoryError("unable to create native thread, on purpose");
        };
    }
}
