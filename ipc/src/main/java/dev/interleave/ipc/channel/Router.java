// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import dev.interleave.Deadline;
import dev.interleave.lifecycle.Threads;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers letters to mailboxes, inside a process: to one client, to all that have subscribed to a
 * topic, or to all.
 *
 * <pre>{@code
 * Router<String> chat = Router.<String>builder("chat").build();
 * RouterClient<String> ann = chat.register("ann");
 * RouterClient<String> bob = chat.register("bob");
 *
 * ann.send("bob", "hello", deadline);
 * Letter<String> letter = bob.receive();
 * }</pre>
 *
 * <h2>One order</h2>
 *
 * <p>A letter goes into the mailboxes of all its recipients at one moment, which is its
 * linearization point: so all clients receive the letters of all senders in one order, that of
 * {@link Letter#number}, and never an answer before what it answers. If a call fails, nobody has
 * got its letter.
 *
 * <h2>Full</h2>
 *
 * <p>A mailbox is bounded, and {@link WhenFull} says what a sender meets when there is no room.
 * With {@link WhenFull#WAIT}, the default, it waits, and holds nothing meanwhile: others that send
 * to other mailboxes go on. Who waits is not served in order.
 *
 * <h2>Nothing is lost in silence</h2>
 *
 * <p>A letter for nobody, one that found no room or was evicted, and one that was in a mailbox when
 * that was closed are dead letters: counted, and given to {@link Builder#onDeadLetter}; and the
 * sender is told how many have got it.
 *
 * <h2>The end</h2>
 *
 * <p>{@link #close()} lets nothing in any more; clients receive what they have, and then the end.
 *
 * <p>Thread-safe, for platform and virtual threads. There is no thread in it but one virtual thread
 * for each listener. One lock is held for the steps of a delivery, and not while anything waits or
 * code of the user runs. No method accepts {@code null}.
 *
 * @param <M> the messages
 */
public final class Router<M> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Router.class);

  private final String name;
  private final int capacity;
  private final WhenFull whenFull;
  private final @Nullable Consumer<? super DeadLetter<M>> onDeadLetter;

  private final ReentrantLock lock = new ReentrantLock();
  private final Signal room;
  private final Signal registered;
  private final Map<String, Mailbox<M>> clients = new LinkedHashMap<>();
  private final Map<String, Set<Mailbox<M>>> topics = new HashMap<>();
  private boolean closed;
  private long letters;
  private long deliveries;
  private long dead;
  private long failures;

  /** What a sender meets when a mailbox has no room. */
  public enum WhenFull {
    /** It waits for room, up to its deadline. */
    WAIT,

    /** It gets a {@link MailboxFullException}, and nobody the letter. */
    FAIL,

    /** The oldest letter in the mailbox makes room, and is dead. */
    DROP_OLDEST,

    /** The letter does not go into this mailbox, and is dead; others get it. */
    DROP_NEWEST
  }

  private Router(Builder<M> builder) {
    name = builder.name;
    capacity = builder.capacity;
    whenFull = builder.whenFull;
    onDeadLetter = builder.onDeadLetter;
    ChannelResource resource = new ChannelResource(name, "router");
    room = new Signal(lock, resource, "room in a mailbox");
    registered = new Signal(lock, resource, "clients to register");
  }

  /** Begins to build a router with this name, which stands in errors and reports. */
  public static <M> Builder<M> builder(String name) {
    return new Builder<>(name);
  }

  /**
   * Builds routers; not thread-safe. Every method but {@link #build} returns this builder.
   *
   * @param <M> the messages
   */
  public static final class Builder<M> {
    private final String name;
    private int capacity = 1024;
    private WhenFull whenFull = WhenFull.WAIT;
    private @Nullable Consumer<? super DeadLetter<M>> onDeadLetter;

    private Builder(String name) {
      this.name = Objects.requireNonNull(name, "name");
    }

    /** How many letters a mailbox may hold, unless it is registered with another number. */
    public Builder<M> capacity(int letters) {
      capacity = letters;
      return this;
    }

    /** What happens when there is no room, unless it is registered otherwise; by default WAIT. */
    public Builder<M> whenFull(WhenFull policy) {
      whenFull = Objects.requireNonNull(policy, "policy");
      return this;
    }

    /**
     * Gets dead letters, from the thread that sent, or that closed a mailbox. What it throws is
     * logged and counted.
     */
    public Builder<M> onDeadLetter(Consumer<? super DeadLetter<M>> handler) {
      onDeadLetter = Objects.requireNonNull(handler, "handler");
      return this;
    }

    /**
     * The router.
     *
     * @throws IllegalArgumentException if arguments are wrong; the message names all of them
     */
    public Router<M> build() {
      List<String> wrong = new ArrayList<>();
      if (name.isBlank()) {
        wrong.add("name is blank: \"" + name + '"');
      }
      if (capacity < 1) {
        wrong.add("capacity is less than 1: " + capacity);
      }
      if (!wrong.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", wrong));
      }
      return new Router<>(this);
    }
  }

  // ------------------------------------------------------------------ clients

  /**
   * Registers a client that asks for its letters.
   *
   * @throws ChannelRefusedException if the id is taken
   * @throws ChannelClosedException if the router is closed
   * @throws IllegalArgumentException if the id is blank
   */
  public RouterClient<M> register(String id) throws ChannelException {
    return register(id, capacity, whenFull);
  }

  /**
   * As {@link #register(String)}, with a mailbox of its own kind.
   *
   * @param capacity how many letters it holds, at least 1
   * @throws IllegalArgumentException if the id is blank, or the capacity less than 1
   */
  public RouterClient<M> register(String id, int capacity, WhenFull whenFull)
      throws ChannelException {
    return new RouterClient<>(this, add(id, capacity, whenFull, null));
  }

  /**
   * Registers a client whose letters a listener gets, one after the other, from a virtual thread.
   * What it throws is logged and counted, and it goes on with the next one. It ends when the client
   * is closed, or the router is, and it has got all.
   *
   * @throws ChannelRefusedException if the id is taken
   * @throws ChannelClosedException if the router is closed
   */
  public RouterClient<M> register(String id, Consumer<? super Letter<M>> listener)
      throws ChannelException {
    Mailbox<M> mailbox = add(id, capacity, whenFull, Objects.requireNonNull(listener, "listener"));
    Threads.virtual(mailbox.name() + "-listener")
        .build()
        .newThread(() -> listen(mailbox, listener))
        .start();
    return new RouterClient<>(this, mailbox);
  }

  private Mailbox<M> add(
      String id, int size, WhenFull policy, @Nullable Consumer<? super Letter<M>> listener)
      throws ChannelException {
    if (id.isBlank()) {
      throw new IllegalArgumentException("id is blank: \"" + id + '"');
    }
    Mailbox<M> mailbox =
        new Mailbox<>(
            name, id, size, Objects.requireNonNull(policy, "policy"), listener, this::freed);
    lock.lock();
    try {
      checkOpen();
      if (clients.putIfAbsent(id, mailbox) != null) {
        throw new ChannelRefusedException(name + ": somebody is registered as " + id, null);
      }
      registered.all();
    } finally {
      lock.unlock();
    }
    return mailbox;
  }

  private void listen(Mailbox<M> mailbox, Consumer<? super Letter<M>> listener) {
    try {
      Letter<M> letter;
      while ((letter = next(mailbox)) != null) {
        give(mailbox.name(), letter, listener);
      }
    } catch (ChannelClosedException e) {
      LOG.debug("{}: its listener ends", mailbox.name(), e); // it has left
    } catch (ChannelException e) {
      throw new AssertionError(mailbox.name(), e); // it has no limit
    }
  }

  /** The listener knows the thread, and may leave it interrupted: that ends nothing. */
  private static <M> @Nullable Letter<M> next(Mailbox<M> mailbox) throws ChannelException {
    while (true) {
      try {
        return mailbox.receive(Deadline.none());
      } catch (InterruptedException e) {
        LOG.debug("{}: its listener was interrupted, and goes on", mailbox.name(), e);
      }
    }
  }

  /**
   * Whatever is thrown ends here, errors as well: who has sent is not to blame, and a listener that
   * ended would leave a mailbox that fills, and nobody would know.
   */
  private <T> void give(String whose, T what, Consumer<? super T> to) {
    try {
      to.accept(what);
    } catch (Throwable e) {
      lock.lock();
      try {
        failures++;
      } finally {
        lock.unlock();
      }
      logged(whose, what, e);
    }
  }

  private static void logged(String whose, Object what, Throwable error) {
    try {
      LOG.error("{}: {} was not handled", whose, what, error);
    } catch (RuntimeException | Error e) { // for want of memory, say, as it was the first time
      LOG.error("{}: something was not handled, nor logged in full", whose);
    }
  }

  /**
   * Waits until all of them are registered, at one moment: to begin when everybody is there.
   *
   * @throws ChannelTimeoutException if they were not until the deadline; the message says who is
   *     missing
   * @throws ChannelClosedException if the router is or gets closed
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public void awaitRegistered(Collection<String> ids, Deadline deadline)
      throws ChannelException, InterruptedException {
    Set<String> wanted = Set.copyOf(ids);
    Objects.requireNonNull(deadline, "deadline");
    lock.lock();
    try {
      boolean all =
          registered.await(() -> closed || clients.keySet().containsAll(wanted), deadline);
      checkOpen();
      if (!all) {
        Set<String> missing = new LinkedHashSet<>(wanted);
        missing.removeAll(clients.keySet());
        throw new ChannelTimeoutException(name + ": not registered: " + missing, null);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Who is registered, in the order of registration; unmodifiable. */
  public List<String> ids() {
    lock.lock();
    try {
      return List.copyOf(clients.keySet());
    } finally {
      lock.unlock();
    }
  }

  void subscribe(Mailbox<M> who, String topic) {
    lock.lock();
    try {
      if (!who.hasLeft()) {
        topics.computeIfAbsent(topic, t -> new LinkedHashSet<>()).add(who);
      }
    } finally {
      lock.unlock();
    }
  }

  void unsubscribe(Mailbox<M> who, String topic) {
    lock.lock();
    try {
      topics.computeIfPresent(topic, (t, subscribers) -> without(subscribers, who));
    } finally {
      lock.unlock();
    }
  }

  /** Null if there is nobody left: the topic is forgotten. */
  private static <T> @Nullable Set<T> without(Set<T> set, T one) {
    set.remove(one);
    return set.isEmpty() ? null : set;
  }

  void leave(Mailbox<M> who) {
    List<DeadLetter<M>> unread = new ArrayList<>();
    lock.lock();
    try {
      if (!who.hasLeft()) {
        clients.remove(who.id(), who);
        topics.values().removeIf(subscribers -> without(subscribers, who) == null);
        for (Letter<M> letter : who.leave()) {
          unread.add(new DeadLetter<>(letter, who.id(), DeadLetter.Reason.UNREAD));
        }
        dead += unread.size();
        room.all();
      }
    } finally {
      lock.unlock();
    }
    tell(unread);
  }

  // ------------------------------------------------------------------ letters

  int deliver(Mailbox<M> from, Address to, M message, Deadline deadline)
      throws ChannelException, InterruptedException {
    Objects.requireNonNull(message, "message");
    Objects.requireNonNull(deadline, "deadline");
    List<DeadLetter<M>> nobody = new ArrayList<>();
    int count = 0;
    lock.lock();
    try {
      List<Mailbox<M>> recipients = awaitRoom(from, to, deadline);
      Letter<M> letter = new Letter<>(++letters, from.id(), to, message);
      from.countSent();
      if (recipients.isEmpty() && !(to instanceof Address.All)) {
        nobody.add(new DeadLetter<>(letter, wanted(to), DeadLetter.Reason.NOBODY));
      }
      for (Mailbox<M> recipient : recipients) {
        if (put(letter, recipient, nobody)) {
          count++;
        }
      }
      deliveries += count;
      dead += nobody.size();
    } finally {
      lock.unlock();
    }
    tell(nobody);
    return count;
  }

  private boolean put(Letter<M> letter, Mailbox<M> into, List<DeadLetter<M>> without) {
    boolean inside = into.put(letter);
    if (!inside) {
      without.add(new DeadLetter<>(letter, into.id(), DeadLetter.Reason.FULL));
    }
    for (Letter<M> evicted : into.takeEvicted()) {
      without.add(new DeadLetter<>(evicted, into.id(), DeadLetter.Reason.EVICTED));
    }
    return inside;
  }

  /** Waits until all recipients have room, or do not mind; who they are then. */
  private List<Mailbox<M>> awaitRoom(Mailbox<M> from, Address to, Deadline deadline)
      throws ChannelException, InterruptedException {
    while (true) {
      checkOpen();
      if (from.hasLeft()) {
        throw new ChannelClosedException(from.name() + " has left", null);
      }
      List<Mailbox<M>> recipients = recipients(from, to);
      Mailbox<M> full = firstFull(recipients);
      if (full == null) {
        return recipients;
      }
      boolean more =
          room.await(() -> closed || from.hasLeft() || full.hasLeft() || full.hasRoom(), deadline);
      if (!more) {
        throw new ChannelTimeoutException(from.name() + ": no room in the mailbox " + full, null);
      }
    }
  }

  private @Nullable Mailbox<M> firstFull(List<Mailbox<M>> recipients) throws MailboxFullException {
    Mailbox<M> full = null;
    for (Mailbox<M> recipient : recipients) {
      if (!recipient.hasRoom()) {
        if (recipient.whenFull() == WhenFull.FAIL) {
          throw new MailboxFullException(name + ": no room in the mailbox " + recipient, null);
        }
        if (full == null && recipient.whenFull() == WhenFull.WAIT) {
          full = recipient;
        }
      }
    }
    return full;
  }

  private List<Mailbox<M>> recipients(Mailbox<M> from, Address to) {
    return switch (to) {
      case Address.To one -> {
        Mailbox<M> mailbox = clients.get(one.id());
        yield mailbox == null ? List.of() : List.of(mailbox);
      }
      case Address.Topic topic -> others(topics.getOrDefault(topic.name(), Set.of()), from);
      case Address.All unused -> others(clients.values(), from);
    };
  }

  private static <T> List<T> others(Collection<T> all, T one) {
    return all.stream().filter(each -> !each.equals(one)).toList();
  }

  private static String wanted(Address to) {
    return switch (to) {
      case Address.To one -> one.id();
      case Address.Topic topic -> topic.name();
      case Address.All unused -> "";
    };
  }

  private void tell(List<DeadLetter<M>> letters) {
    Consumer<? super DeadLetter<M>> handler = onDeadLetter;
    if (handler != null) {
      letters.forEach(letter -> give(name, letter, handler));
    }
  }

  private void freed() {
    lock.lock();
    try {
      room.all();
    } finally {
      lock.unlock();
    }
  }

  // ------------------------------------------------------------------ the end

  private void checkOpen() throws ChannelClosedException {
    if (closed) {
      throw new ChannelClosedException(name + " is closed", null);
    }
  }

  /**
   * Lets nothing in any more: who waits to send gets a {@link ChannelClosedException}. Clients
   * receive what is in their mailboxes, and then the end. Idempotent; does not wait.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      clients.values().forEach(Mailbox::end);
      room.all();
      registered.all();
    } finally {
      lock.unlock();
    }
  }

  /** What it has done. */
  public RouterStats stats() {
    lock.lock();
    try {
      return new RouterStats(clients.size(), letters, deliveries, dead, failures);
    } finally {
      lock.unlock();
    }
  }

  /** For messages: the name, and how many clients there are. */
  @Override
  public String toString() {
    lock.lock();
    try {
      return "Router[" + name + (closed ? ", closed" : "") + ", " + clients.size() + " clients]";
    } finally {
      lock.unlock();
    }
  }
}
