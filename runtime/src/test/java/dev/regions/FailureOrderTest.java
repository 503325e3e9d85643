package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.regions.task.RegionFailedException;
import dev.regions.task.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which of several failures comes first: the row D11. */
@Timeout(value = 2 * SECONDS, unit = TimeUnit.SECONDS)
class FailureOrderTest {

    @Test
    @DisplayName("D11 Two failures, the later spawned one first: both are kept, and the first spawned is primary")
    void laterSpawnedFailsFirst() throws Exception {
        IllegalStateException first = new IllegalStateException("first spawned");
        IllegalStateException second = new IllegalStateException("second spawned");

        RegionFailedException failed = catchThrowableOfType(
                RegionFailedException.class, () -> Regions.joined(() -> failInOrder(List.of(first, second), 1, 0)));

        assertThat(failed).hasCause(first);
        assertThat(failed.getSuppressed()).containsExactly(second);
    }

    @Test
    @DisplayName("D11 Likewise in a scope")
    void laterSpawnedFailsFirstInAScope() throws Exception {
        IllegalStateException first = new IllegalStateException("first spawned");
        IllegalStateException second = new IllegalStateException("second spawned");

        try (var scope = Regions.joined()) {
            failInOrder(List.of(first, second), 1, 0);
            RegionFailedException failed = catchThrowableOfType(RegionFailedException.class, scope::join);

            assertThat(failed).hasCause(first);
            assertThat(failed.getSuppressed()).containsExactly(second);
        }
    }

    @RepeatedTest(20)
    @DisplayName(
            "D11 Ten failures, one after another in an order drawn at random: the order reported is that of spawning")
    void anyOrder(RepetitionInfo repetition) throws Exception {
        List<Throwable> failures = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            failures.add(new IllegalStateException("spawned as " + i));
            order.add(i);
        }
        Collections.shuffle(order, new Random(repetition.getCurrentRepetition()));

        RegionFailedException failed = catchThrowableOfType(
                RegionFailedException.class,
                () -> Regions.joined(() -> failInOrder(
                        failures, order.stream().mapToInt(Integer::intValue).toArray())));

        assertThat(failed).as("failing in the order %s", order).hasCause(failures.get(0));
        assertThat(failed.getSuppressed())
                .as("failing in the order %s", order)
                .containsExactlyElementsOf(failures.subList(1, failures.size()));
    }

    @RepeatedTest(200)
    @DisplayName(
            "D11 Two failures at the same moment, with dependents of both: both are kept, the first spawned is primary")
    void atTheSameMoment() throws Exception {
        IllegalStateException first = new IllegalStateException("first spawned");
        IllegalStateException second = new IllegalStateException("second spawned");
        CyclicBarrier together = new CyclicBarrier(2);

        RegionFailedException failed = catchThrowableOfType(
                RegionFailedException.class,
                () -> Regions.joined(() -> {
                    Task<Integer> one = Tasks.spawn(() -> {
                        together.await(SECONDS, TimeUnit.SECONDS);
                        throw first;
                    });
                    Task<Integer> two = Tasks.spawn(() -> {
                        together.await(SECONDS, TimeUnit.SECONDS);
                        throw second;
                    });
                    Tasks.spawn(two, one, Integer::sum);
                    Tasks.spawn(one, two, Integer::sum);
                }));

        assertThat(failed).hasCause(first);
        assertThat(failed.getSuppressed()).containsExactly(second);
    }

    /** Spawns one task per failure, in that order, and lets them fail in another. */
    private static void failInOrder(List<? extends Throwable> failures, int... order) throws Exception {
        List<CountDownLatch> go = new ArrayList<>();
        List<Task<?>> tasks = new ArrayList<>();
        for (Throwable failure : failures) {
            CountDownLatch mine = new CountDownLatch(1);
            go.add(mine);
            tasks.add(Tasks.spawn(() -> {
                await(mine);
                if (failure instanceof Exception exception) {
                    throw exception;
                }
            }));
        }
        for (int index : order) {
            go.get(index).countDown();
            tasks.get(index).await();
        }
    }
}
