// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.time.chrono.ChronoLocalDate;
import java.time.temporal.Temporal;
import java.util.Calendar;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Future;

/** Says what to do about a type that the compact codec does not handle. */
final class Refusal {
  private Refusal() {}

  static UnsupportedTypeException of(Class<?> type) {
    return new UnsupportedTypeException(type.getName() + ' ' + sentence(type));
  }

  private static String sentence(Class<?> type) {
    if (type == Object.class) {
      return "says nothing about the value; declare a record, an enum, or a sealed interface of"
          + " them";
    }
    if (Date.class.isAssignableFrom(type) || Calendar.class.isAssignableFrom(type)) {
      return "is not supported; use java.time.Instant";
    }
    if (ChronoLocalDate.class.isAssignableFrom(type) || Temporal.class.isAssignableFrom(type)) {
      return "is not supported; use java.time.Instant, a String, or a record of its fields";
    }
    if (type == OptionalInt.class || type == OptionalLong.class || type == OptionalDouble.class) {
      return "is not supported; use java.util.Optional of the box";
    }
    if (Map.class.isAssignableFrom(type)) {
      return "is not supported; declare java.util.Map, or java.util.SequencedMap to keep the order";
    }
    if (Collection.class.isAssignableFrom(type)) {
      return "is not supported; declare java.util.List, Set, or SequencedSet to keep the order";
    }
    if (Throwable.class.isAssignableFrom(type)) {
      return "is not supported; throw it, or send a record of what is to be known about it";
    }
    if (Future.class.isAssignableFrom(type)) {
      return "is not a value; send what it will hold";
    }
    if (type == Enum.class || type == Record.class || type == Number.class) {
      return "is too general; declare the type that is meant, or a sealed interface";
    }
    if (type.isInterface()) {
      return "is an interface anybody may implement; seal it, and permit records or enums only";
    }
    return "is neither a record nor an enum; send a record of its fields";
  }
}
