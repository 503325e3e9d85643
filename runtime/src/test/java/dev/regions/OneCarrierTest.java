package dev.regions;

import dev.regions.task.Task;
import dev.regions.task.TaskAction;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayName("With one thread of the system for all virtual threads")
@Timeout(120)
class OneCarrierTest {

    @Test
    @DisplayName("a body that sleeps or parks in a loop, until another task has run, lets that run")
    void waitsInLoop() throws Exception {
        ForkedJvm.run(
                WaitsInLoop.class,
                90,
                List.of("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1"));
    }

    static final class WaitsInLoop {
        public static void main(String[] arguments) throws Exception {
            List<TaskAction> pauses = List.of(() -> Thread.sleep(1), () -> LockSupport.parkNanos(1000));
            for (TaskAction pause : pauses) {
                for (int round = 0; round < 50; round++) {
                    fromOutside(pause);
                    joinedInTask(pause);
                    inRegion(pause);
                }
            }
            System.exit(0);
        }

        private static TaskAction waits(AtomicBoolean flag, TaskAction pause) {
            return () -> {
                while (!flag.get()) {
                    pause.run();
                }
            };
        }

        private static void fromOutside(TaskAction pause) throws Exception {
            AtomicBoolean flag = new AtomicBoolean();
            Task<?> waits = Tasks.spawn(waits(flag, pause));
            Tasks.spawn(() -> flag.set(true));
            waits.get(Handshakes.SECONDS, TimeUnit.SECONDS);
        }

        private static void joinedInTask(TaskAction pause) throws Exception {
            AtomicBoolean flag = new AtomicBoolean();
            Task<?> outer = Tasks.spawn(() -> {
                Task<?> waits = Tasks.spawn(waits(flag, pause));
                Task<?> sets = Tasks.spawn(() -> flag.set(true));
                waits.join();
                sets.join();
            });
            outer.get(Handshakes.SECONDS, TimeUnit.SECONDS);
        }

        private static void inRegion(TaskAction pause) throws Exception {
            AtomicBoolean flag = new AtomicBoolean();
            Task<?> outer = Tasks.spawn(() -> Regions.joined(() -> {
                Tasks.spawn(waits(flag, pause));
                Tasks.spawn(() -> flag.set(true));
            }));
            outer.get(Handshakes.SECONDS, TimeUnit.SECONDS);
        }
    }
}
