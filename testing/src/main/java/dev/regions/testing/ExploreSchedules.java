package dev.regions.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A JUnit test that is run in many schedules, as by {@link Schedules}, until one fails.
 *
 * {@snippet file="LedgerTest.java" region="junit"}
 *
 * <p>Each schedule is an invocation of its own, with a new test instance and its {@code @BeforeEach} and
 * {@code @AfterEach} methods; these run outside of the schedule. After the first schedule that fails, or in which an
 * assumption does not hold, no others are run.
 *
 * <p>The system property {@value #SEED} runs the schedule of one seed instead, and {@value #TRACE} runs the one with
 * the trace of a failure.
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(ExploreSchedulesExtension.class)
@Execution(ExecutionMode.SAME_THREAD)
public @interface ExploreSchedules {
    /** The system property with the seed to replay. */
    String SEED = "regions.testing.seed";
    /** The system property with the trace to replay. */
    String TRACE = "regions.testing.trace";

    /** The number of seeds to draw a schedule from. */
    int seeds() default 1000;

    /** The first seed. */
    long firstSeed() default 0;

    /** The number of schedules to explore {@linkplain Exploration#systematic systematically}; 0 to use seeds. */
    int systematic() default 0;

    /** The points at which tasks may give way to each other. */
    Interleaving interleaving() default Interleaving.STEPS;

    /** The independence of tasks, for a systematic exploration; a class with a constructor without parameters. */
    Class<? extends Independence> independence() default Independence.None.class;

    /** The time without progress, in milliseconds, after which a schedule counts as stuck. */
    long stuckTimeoutMillis() default 10_000;
}
