package dev.regions.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;

import dev.regions.Tasks;
import dev.regions.task.Task;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

@DisplayName("The example of docs/testing.md")
class LedgerTest {
    // @start region="ledger"
    static final class Ledger {
        private final Map<String, Integer> balances = new HashMap<>();

        void deposit(String account, int amount) {
            balances.merge(account, amount, Integer::sum);
        }

        void addInterest(int percent) {
            balances.replaceAll((account, balance) -> balance + balance * percent / 100);
        }

        int balance(String account) {
            return balances.getOrDefault(account, 0);
        }
    }

    /** Closes the day: the deposit is booked, then interest is paid, then the statement is printed. */
    static Task<Integer> closeOfDay(Ledger ledger) {
        Task<?> deposit = Tasks.builder().name("deposit").spawn(() -> ledger.deposit("alice", 100));
        Task<?> interest = Tasks.builder().name("interest").requires(deposit).spawn(() -> ledger.addInterest(10));
        return Tasks.builder().name("statement").requires(deposit).spawn(() -> ledger.balance("alice"));
    }
    // @end

    static Task<Integer> fixedCloseOfDay(Ledger ledger) {
        Task<?> deposit = Tasks.builder().name("deposit").spawn(() -> ledger.deposit("alice", 100));
        // @start region="fix"
        Task<?> interest = Tasks.builder().name("interest").requires(deposit).spawn(() -> ledger.addInterest(10));
        return Tasks.builder().name("statement").requires(interest).spawn(() -> ledger.balance("alice"));
        // @end
    }

    /** Run by the JUnit that the tests start, not by the one that runs them. */
    static class WithTheBug {
        // @start region="junit"
        @ExploreSchedules(seeds = 1000)
        void theStatementHasTheInterest() throws InterruptedException {
            Task<Integer> statement = closeOfDay(new Ledger());

            assertThat(statement.join()).isEqualTo(110);
        }
        // @end
    }

    @ExploreSchedules(seeds = 1000)
    void theFixedStatementHasTheInterestWhateverTheSeed() throws InterruptedException {
        assertThat(fixedCloseOfDay(new Ledger()).join()).isEqualTo(110);
    }

    @ExploreSchedules(systematic = 1000)
    void theFixedStatementHasTheInterestInAllSchedules() throws InterruptedException {
        assertThat(fixedCloseOfDay(new Ledger()).join()).isEqualTo(110);
    }

    @Test
    @DisplayName("A missing dependency fails in the schedule of some seed, which replays")
    void missingDependencyIsFound() {
        ScheduleFailedError found = catchFailure(Exploration.seeds(1000));

        assertThat(found).hasMessageContaining("the schedule of seed ").hasMessageContaining("order: ");
        assertThat(found.order()).containsSubsequence("deposit", "statement");
        ScheduleFailedError replayed = catchFailure(Exploration.replay(found.trace()));
        assertThat(replayed.order()).isEqualTo(found.order());
        assertThat(replayed).hasRootCauseMessage(rootMessage(found));
        String seed = found.getMessage().replaceAll("(?s)the schedule of seed (\\d+) fails.*", "$1");
        assertThat(catchFailure(Exploration.seed(Long.parseLong(seed)))).hasMessage(found.getMessage());
    }

    static ScheduleFailedError catchFailure(Exploration how) {
        try {
            Schedules.explore(how, () -> {
                assertThat(closeOfDay(new Ledger()).join()).isEqualTo(110);
            });
        } catch (ScheduleFailedError failed) {
            return failed;
        }
        throw new AssertionError("nothing was found");
    }

    private static String rootMessage(Throwable thrown) {
        return thrown.getCause() == null ? thrown.getMessage() : rootMessage(thrown.getCause());
    }

    @Test
    @DisplayName("All schedules are explored, and those that differ only in the order of independent tasks once")
    void systematic() {
        // @start region="explore"
        assertThatThrownBy(() -> Schedules.explore(Exploration.systematic(10_000), () -> {
                    Task<Integer> statement = closeOfDay(new Ledger());
                    assertThat(statement.join()).isEqualTo(110);
                }))
                .isInstanceOf(ScheduleFailedError.class)
                .hasMessageContaining("deposit");
        // @end

        // @start region="systematic"
        Map<String, Set<String>> uses = Map.of(
                "load prices", Set.of("prices"),
                "load rates", Set.of("rates"),
                "value", Set.of("prices", "rates"));
        Exploration all = Exploration.systematic(10_000).independent(Independence.disjoint(uses::get));
        // @end
        ExplorationReport report = Schedules.explore(all.interleaving(Interleaving.BODIES), () -> {
            Task<?> prices = Tasks.builder().name("load prices").spawn(() -> {});
            Task<?> rates = Tasks.builder().name("load rates").spawn(() -> {});
            Tasks.builder().name("value").requires(prices, rates).spawn(() -> {});
        });
        assertThat(report.exhaustive()).isTrue();
        assertThat(report.schedules() - report.redundant()).isEqualTo(1);
    }

    @Test
    @DisplayName("The annotation stops at the first seed that fails, and the property runs it again")
    void annotation() {
        EngineExecutionResults results = execute(WithTheBug.class, Map.of());

        long failing = results.testEvents().finished().count() - 1;
        assertThat(failing).isBetween(0L, 999L);
        assertThat(results.testEvents().failed().count()).isEqualTo(1);
        results.testEvents()
                .failed()
                .assertThatEvents()
                .haveExactly(1, event(finishedWithFailure(instanceOf(ScheduleFailedError.class))));

        EngineExecutionResults again =
                execute(WithTheBug.class, Map.of(ExploreSchedules.SEED, String.valueOf(failing)));
        assertThat(again.testEvents().finished().count()).isEqualTo(1);
        assertThat(again.testEvents().failed().count()).isEqualTo(1);
    }

    @Test
    @DisplayName("The property with a trace replays that, whatever the annotation says")
    void tracedAnnotation() {
        String trace = catchFailure(Exploration.systematic(1000)).trace();

        EngineExecutionResults results = execute(WithTheBug.class, Map.of(ExploreSchedules.TRACE, trace));

        assertThat(results.testEvents().finished().count()).isEqualTo(1);
        assertThat(results.testEvents().failed().count()).isEqualTo(1);
    }

    /** Run by the JUnit that the tests start. */
    static class WithAnAssumption {
        @ExploreSchedules(seeds = 5)
        void aborts() {
            assumeTrue(false);
        }
    }

    @Test
    @DisplayName("An assumption that does not hold is no failure")
    void assumption() {
        EngineExecutionResults results = execute(WithAnAssumption.class, Map.of());

        assertThat(results.testEvents().aborted().count()).isEqualTo(1);
        assertThat(results.testEvents().finished().count()).isEqualTo(1);
    }

    private static EngineExecutionResults execute(Class<?> test, Map<String, String> parameters) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(DiscoverySelectors.selectClass(test))
                .configurationParameters(parameters)
                .execute();
    }
}
