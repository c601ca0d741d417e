// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.lock;

import dev.interleave.examples.Crew;
import dev.interleave.examples.Example;
import dev.interleave.examples.Expect;
import dev.interleave.lock.BiasedReadWriteLock;
import dev.interleave.lock.ResettableEvent;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** A traffic light whose one controller lets cars and pedestrians through by events. */
public final class TrafficLight implements Example {
  private static final int CARS = 15;
  private static final int PEDESTRIANS = 9;

  /** In the order in which they light up. */
  private enum Lamp {
    RED,
    GREEN,
    YELLOW;

    Lamp next() {
      return switch (this) {
        case RED -> GREEN;
        case GREEN -> YELLOW;
        case YELLOW -> RED;
      };
    }
  }

  private final Map<Lamp, ResettableEvent> lamps = new EnumMap<>(Lamp.class);

  /** Whoever crosses reads; the controller writes, so it switches when nobody is on the road. */
  private final BiasedReadWriteLock road = BiasedReadWriteLock.builder().name("road").build();

  private final ResettableEvent crossed = new ResettableEvent("crossed");

  /** Who has not crossed yet, by the lamp they wait for. */
  private final Map<Lamp, AtomicInteger> waiting = new EnumMap<>(Lamp.class);

  private volatile boolean over;

  /** Made by the tour. */
  public TrafficLight() {
    for (Lamp lamp : Lamp.values()) {
      lamps.put(lamp, new ResettableEvent(lamp.name()));
      waiting.put(lamp, new AtomicInteger());
    }
    lamp(Lamp.YELLOW).set();
  }

  /** Runs this example alone. */
  public static void main(String[] args) throws Exception {
    Example.runAlone(new TrafficLight());
  }

  @Override
  public String shows() {
    return "A lamp is an event: it is set while it is on, and lets through all who wait for it. One"
        + " controller sets and resets them, so exactly one is on, whoever looks.";
  }

  @Override
  public String run(PrintStream out) throws Exception {
    left(Lamp.GREEN).set(CARS);
    left(Lamp.RED).set(PEDESTRIANS);
    try (Crew crew = new Crew()) {
      for (int i = 0; i < CARS; i++) {
        crew.virtual("car-" + i, () -> cross(Lamp.GREEN));
      }
      for (int i = 0; i < PEDESTRIANS; i++) {
        crew.virtual("pedestrian-" + i, () -> cross(Lamp.RED));
      }
      crew.platform("witness", this::watch);
      crew.platform("controller", () -> control(out));
      crew.join();
    }
    Expect.equal("cars left", 0, left(Lamp.GREEN).get());
    Expect.equal("pedestrians left", 0, left(Lamp.RED).get());
    Expect.that("nobody waits", lamps.values().stream().allMatch(lamp -> lamp.waiters() == 0));
    return "%d cars crossed at green, %d pedestrians at red, and one lamp was on whenever one looked"
        .formatted(CARS, PEDESTRIANS);
  }

  /**
   * Until everybody has crossed; a phase lasts until somebody has crossed in it, if anybody waits.
   */
  private void control(PrintStream out) throws InterruptedException {
    Lamp on = Lamp.YELLOW;
    while (left(Lamp.RED).get() + left(Lamp.GREEN).get() > 0 || on != Lamp.YELLOW) {
      Lamp next = on.next();
      try (var g = road.write()) {
        crossed.reset();
        lamp(on).reset();
        lamp(next).set();
      }
      if (left(next).get() > 0) {
        crossed.await();
      }
      out.println(lamp(next));
      on = next;
    }
    over = true;
  }

  private void cross(Lamp at) throws InterruptedException {
    while (true) {
      lamp(at).await();
      try (var g = road.read()) {
        if (lamp(at).isSet()) { // it may have changed since
          Expect.equal("lamps on while I cross", 1L, lampsOn());
          left(at).decrementAndGet();
          crossed.set();
          return;
        }
      }
    }
  }

  private void watch() {
    while (!over && !Thread.currentThread().isInterrupted()) {
      try (var g = road.read()) {
        Expect.equal("lamps on", 1L, lampsOn());
      }
    }
  }

  private long lampsOn() {
    return Arrays.stream(Lamp.values()).filter(lamp -> lamp(lamp).isSet()).count();
  }

  private ResettableEvent lamp(Lamp lamp) {
    return Expect.present("lamp", lamps.get(lamp));
  }

  private AtomicInteger left(Lamp lamp) {
    return Expect.present("count", waiting.get(lamp));
  }
}
