package dev.regions.benchmarks;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the report says about a workload. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface About {
    /** Its name. */
    String title();

    /** What it does, in a sentence or two. */
    String text();

    /** What a figure is per. */
    String per() default "task";

    /** What we want to reach. */
    Goal[] goals() default {};

    /**
     * An upper bound for the time or the allocation of Regions: that of a peer, or a number of nanoseconds or bytes.
     */
    @Retention(RetentionPolicy.RUNTIME)
    @Target({})
    @interface Goal {
        /** The peer's method; empty if the bound is in nanoseconds, or bytes. */
        String peer() default "";

        /** The bound. */
        double atMost();

        /** Our method. */
        String ours() default "regions";

        /** Whether the bound is one of the bytes that are allocated, rather than of the time. */
        boolean bytes() default false;

        /** What the bound stands for; empty if that is plain. */
        String why() default "";
    }
}
