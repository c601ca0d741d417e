// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import java.util.Objects;

/**
 * Lets Micrometer's context propagation and ours carry each other. {@code
 * io.micrometer:context-propagation} is an optional dependency; nothing else here refers to it.
 *
 * <pre>{@code
 * static final MicrometerBridge BRIDGE = MicrometerBridge.of(ContextRegistry.getInstance());
 * }</pre>
 *
 * <p><b>Our context in Micrometer's snapshots</b>: register {@link #accessor()}, and whatever takes
 * snapshots, such as Reactor or Micrometer's own wrappers of executors, takes the context along.
 *
 * <pre>{@code
 * ContextRegistry.getInstance().registerThreadLocalAccessor(BRIDGE.accessor());
 * }</pre>
 *
 * <p><b>Thread-locals that are registered with Micrometer, in our context</b>: {@link #capture} at
 * the beginning of a request, and all that takes the context along takes them along.
 *
 * <pre>{@code
 * BRIDGE.capture(Context.current().with(TENANT, tenant)).run(() -> handle(request));
 * }</pre>
 *
 * <p>Within that context a task that is handed over gets what the thread-locals hold at that
 * moment, as with {@link ContextLocal.Builder#follows}. Where it runs they are set, those that held
 * nothing are cleared, and at its end they are restored, in the reverse order; accessors that count
 * on that, as the one for observations does, find it so. What was put into one that had held
 * nothing is cleared. A switch between contexts that have captured the same touches none of them.
 * In a context without them, which {@link Context#empty()} is, they are cleared if the context
 * around it has them, and left alone if not.
 *
 * <p>The two may be used together, and do not carry each other: our accessor is not among what
 * {@code capture} takes, and what that has taken stays out of Micrometer's snapshots, which have
 * the thread-locals themselves. So where a snapshot brings the context, thread-locals go on from
 * there by Micrometer's means, or after another {@code capture}. Both cost what Micrometer costs, a
 * few calls for each registered thread-local, at each hand-off and at each change of what was
 * captured.
 *
 * <p>Thread-safe. No argument may be {@code null}.
 */
public final class MicrometerBridge {
  /** The key of {@link #accessor()}. */
  public static final String KEY = "dev.interleave.context";

  private final ContextLocal<RegisteredValues> local;
  private final RegisteredPlaces places;

  private MicrometerBridge(RegisteredPlaces places) {
    this.places = places;
    local =
        ContextLocal.<RegisteredValues>builder("micrometer")
            .mirrored(places)
            .followed(places::capture)
            .build();
  }

  /**
   * A bridge for the thread-locals that are registered there, now or later. A registry needs one;
   * what two of them have captured is different.
   */
  public static MicrometerBridge of(ContextRegistry registry) {
    return new MicrometerBridge(
        new RegisteredPlaces(Objects.requireNonNull(registry, "registry"), KEY));
  }

  /**
   * A context like this one that carries what the registered thread-locals of this thread hold.
   *
   * @throws RuntimeException what an accessor throws
   */
  public Context capture(Context into) {
    return into.with(local, places.capture());
  }

  /**
   * The current context as a thread-local, for Micrometer. Its value is what a task gets ({@link
   * Context#handedOff()}); it is never missing, so that a snapshot taken where nothing is set says
   * so where it is used. Micrometer asks for the value when it sets another one, too, so that
   * functions for copied and derived values are called then as well.
   *
   * <p>Setting it opens a scope and restoring it closes that one, with the checks of {@link
   * Context#open()}: what is set within a call is to be restored in it, or ended and reported at
   * its end. To restore what was not set is an {@link IllegalStateException}, and changes nothing.
   * What is set outside of any call and never restored stays with its thread, unseen by the {@link
   * ContextLeakDetector}.
   */
  public ThreadLocalAccessor<Context> accessor() {
    return new ContextAccessor(local);
  }

  private record ContextAccessor(ContextLocal<RegisteredValues> local)
      implements ThreadLocalAccessor<Context> {
    @Override
    public Object key() {
      return KEY;
    }

    @Override
    public Context getValue() {
      return Context.current().without(local).handedOff();
    }

    @Override
    public void setValue(Context value) {
      // With what is here already, so that the switch touches none of what Micrometer sets.
      RegisteredValues here = local.find(Context.CURRENT.get());
      Context others = value.without(local);
      Scope.push(here == null ? others : others.with(local, here));
    }

    /** Where a snapshot has none. */
    @Override
    public void setValue() {
      setValue(Context.empty());
    }

    @Override
    public void restore(Context previous) {
      Scope.pop(Objects.requireNonNull(previous, "previous"));
    }

    @Override
    public void restore() {
      Scope.pop(null);
    }
  }
}
