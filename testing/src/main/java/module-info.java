/** Runs a task graph one task at a time, in orders drawn from seeds or explored systematically, and replays them. */
module dev.regions.testing {
    requires static transitive org.jspecify;
    requires static com.google.errorprone.annotations;
    requires static transitive org.junit.jupiter.api;
    requires transitive dev.regions.runtime;

    exports dev.regions.testing;
}
