/** Tasks that see the scoped values and the thread-locals of the code that spawned them. */
@SuppressWarnings("requires-transitive-automatic") // the library has a module name, but no descriptor yet
module dev.regions.context {
    requires static transitive org.jspecify;
    requires transitive dev.regions.runtime;
    requires transitive context.propagation;

    exports dev.regions.context;
}
