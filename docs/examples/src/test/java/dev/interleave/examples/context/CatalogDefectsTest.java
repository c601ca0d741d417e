// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.examples.context;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.interleave.examples.context.TenantService.RefusedException;
import dev.interleave.examples.context.TenantService.Status;
import dev.interleave.examples.context.TenantService.Tenant;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Calendar;
import java.util.Date;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * Defects that the programs of the pattern catalogue had, where the examples are what stands for
 * those programs. The others are tested with the context itself.
 */
class CatalogDefectsTest {
  /**
   * The wall clock told durations, expiry and ids: two sessions of a user that began in the same
   * moment were one, and durations jumped with the clock.
   */
  @Nested
  class X6 {
    private static final ArchRule NO_WALL_CLOCK =
        noClasses()
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .dependOnClassesThat(
                belongToAnyOf(
                    Clock.class,
                    InstantSource.class,
                    Instant.class,
                    LocalDateTime.class,
                    OffsetDateTime.class,
                    ZonedDateTime.class,
                    Date.class,
                    Calendar.class));

    /** A small version of the original. */
    private static final class TimedSessions {
      private final InstantSource clock;

      TimedSessions(InstantSource clock) {
        this.clock = clock;
      }

      String begin(String user) {
        return "sess_" + user + "_" + clock.millis();
      }
    }

    @Test
    void neitherContextsNorTheirExamplesAskForTheTimeOfDay() {
      NO_WALL_CLOCK.check(
          new ClassFileImporter()
              .withImportOption(new ImportOption.DoNotIncludeTests())
              .importPackages("dev.interleave.context", "dev.interleave.examples.context"));
    }

    @Test
    void originalIsFoundOut() {
      TimedSessions original = new TimedSessions(InstantSource.fixed(Instant.EPOCH));
      assertThat(original.begin("1001")).isEqualTo(original.begin("1001"));
      assertThat(
              NO_WALL_CLOCK
                  .evaluate(new ClassFileImporter().importClasses(TimedSessions.class))
                  .hasViolation())
          .isTrue();
    }
  }

  /** Sessions, the audit of tenants and the log were stores that only grew. */
  @Nested
  class X9 {
    private static final int MOST = 10;

    @Test
    void sessionsMakeRoom() throws Exception {
      Sessions sessions = new Sessions(MOST);
      for (int i = 0; i < 100 * MOST; i++) {
        visit(sessions, "user" + i);
        visit(sessions, "regular");
      }
      assertThat(sessions.of("regular")).extracting(Sessions.Session::requests).isEqualTo(1000);
      assertThat(IntStream.range(0, 100 * MOST).filter(i -> sessions.of("user" + i) != null))
          .hasSize(MOST - 1);
    }

    private static void visit(Sessions sessions, String user) throws Exception {
      sessions.serve(
          "request",
          user,
          () -> {
            Sessions.set("cart", "item");
            return "";
          });
    }

    @Test
    void sessionEndsAndWhatWasUnderWayDoesNotBringItBack() throws Exception {
      Sessions sessions = new Sessions(MOST);
      Callable<String> logout =
          () -> {
            Sessions.set("cart", "item");
            sessions.end("ann");
            return Sessions.request();
          };
      assertThat(sessions.serve("last", "ann", logout)).isEqualTo("last");
      assertThat(sessions.of("ann")).isNull();
      assertThat(sessions.serve("next", "ann", () -> Sessions.get("cart"))).isEmpty();
    }

    /** A full audit refuses, and a refused request costs no quota. */
    @Test
    void nothingIsDoneThatCannotBeAudited() throws Exception {
      TenantService service = new TenantService(MOST);
      Tenant tenant = Tenant.of("001", Status.ACTIVE, 2 * MOST);
      for (int i = 0; i < MOST; i++) {
        service.as(tenant, "ann", () -> service.query("orders"));
      }
      assertThatExceptionOfType(RefusedException.class)
          .isThrownBy(() -> service.as(tenant, "ann", () -> service.query("orders")))
          .withMessage("the audit is full");
      assertThat(tenant.requests().availablePermits()).isEqualTo(MOST);
      assertThat(service.takeAudit()).hasSize(MOST);
      assertThat(service.as(tenant, "ann", () -> service.query("orders"))).hasSize(1);
      assertThat(service.takeAudit()).hasSize(1);
    }

    @Test
    void logKeepsTheLastEntriesAndSaysHowManyAreGone() throws Exception {
      Trace trace = new Trace(MOST);
      trace.request(
          "req",
          () ->
              trace.span(
                  "loop",
                  () -> {
                    for (int i = 0; i < 100; i++) {
                      trace.info("line " + i);
                    }
                    return "";
                  }));
      List<Trace.Entry> entries = trace.entries();
      assertThat(entries).hasSize(MOST).last().extracting(Trace.Entry::message).isEqualTo("end");
      assertThat(entries).first().extracting(Trace.Entry::message).isEqualTo("line 91");
      assertThat(trace.dropped()).isEqualTo(92); // the line that says that the span begins, and 91
    }
  }
}
