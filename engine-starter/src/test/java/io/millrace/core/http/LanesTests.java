package io.millrace.core.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

import io.millrace.core.worker.Priority;
import io.millrace.core.worker.WorkerMode;
import io.millrace.core.worker.WorkerOptions;
import io.millrace.core.worker.WorkerPools;
import io.millrace.core.worker.WorkerSet;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Which way a request goes.
 */
class LanesTests {

	private final List<RoutePolicy> policies = new ArrayList<>();

	private final Set<String> asked = new TreeSet<>();

	private void exact(String path, String method, @Nullable WorkerMode mode) {
		add(path, mode, new Exact(path, method, this.asked));
	}

	private void below(String path, @Nullable WorkerMode mode) {
		add(path, mode, new Below(path));
	}

	private void add(String path, @Nullable WorkerMode mode, PathMatcher matcher) {
		this.policies.add(new RoutePolicy(this.policies.size() + path, matcher, mode, 0, 0, null, Priority.NORMAL));
	}

	private int find(String method, String path) {
		WorkerOptions options = WorkerOptions.defaults().withMode(WorkerMode.INLINE);
		Lanes lanes = Lanes.of(this.policies, new WorkerSet(options, WorkerPools.create(options), List.of()), true);
		Lane lane = lanes.find(head(method, path));
		return (lane != null) ? lane.position() : -1;
	}

	@Test
	void theFirstThatMatchesCountsWhetherItIsForOnePathOrMany() {
		exact("/a/b", "GET", WorkerMode.INLINE);
		below("/a", WorkerMode.INLINE);
		exact("/a/c", "GET", WorkerMode.INLINE);
		exact("/d", "GET", WorkerMode.INLINE);
		below("/", WorkerMode.INLINE);
		exact("/e", "GET", WorkerMode.INLINE);
		assertThat(find("GET", "/a/b")).isZero();
		assertThat(find("GET", "/a/c")).isEqualTo(1);
		assertThat(find("GET", "/d")).isEqualTo(3);
		assertThat(find("GET", "/e")).isEqualTo(4);
		assertThat(find("GET", "/")).isEqualTo(4);
	}

	@Test
	void onePathMayHaveSeveralWays() {
		exact("/a", "GET", WorkerMode.INLINE);
		exact("/a", "POST", WorkerMode.INLINE);
		assertThat(find("GET", "/a")).isZero();
		assertThat(find("POST", "/a")).isEqualTo(1);
		assertThat(find("PUT", "/a")).isEqualTo(-1);
	}

	@Test
	void whatIsForAnotherPathIsNotAsked() {
		for (int i = 0; i < 200; i++) {
			exact("/" + i, "GET", WorkerMode.INLINE);
		}
		assertThat(find("GET", "/17")).isEqualTo(17);
		assertThat(find("GET", "/17;x=%31")).isEqualTo(17);
		assertThat(find("GET", "/%31%37")).isEqualTo(17);
		assertThat(find("GET", "/unknown")).isEqualTo(-1);
		assertThat(this.asked).containsExactly("/17");
	}

	@Test
	void whatIsRunAsUsualIsKeptFromWhatStandsBehind() {
		exact("/a/b", "GET", null);
		below("/a/usual", null);
		below("/a", WorkerMode.INLINE);
		assertThat(find("GET", "/a/b")).isEqualTo(-1);
		assertThat(find("POST", "/a/b")).isEqualTo(2);
		assertThat(find("GET", "/a/usual/x")).isEqualTo(-1);
		assertThat(find("GET", "/a/c")).isEqualTo(2);
	}

	@Test
	void policiesOfOneNameShareTheirBulkheadAndHaveToAgree() {
		WorkerOptions options = WorkerOptions.defaults().withMode(WorkerMode.INLINE);
		WorkerSet workers = new WorkerSet(options, WorkerPools.create(options), List.of());
		RoutePolicy one = new RoutePolicy("one", new Below("/a"), null, 1, 2, null, Priority.NORMAL);
		RoutePolicy alike = new RoutePolicy("one", new Below("/b"), null, 1, 2, null, Priority.HIGH);
		RoutePolicy other = new RoutePolicy("one", new Below("/c"), null, 1, 3, null, Priority.NORMAL);
		RequestHead a = head("GET", "/a");
		RequestHead b = head("GET", "/b");
		Lanes lanes = Lanes.of(List.of(one, alike), workers, true);
		assertThat(Objects.requireNonNull(lanes.find(a)).bulkhead())
			.isSameAs(Objects.requireNonNull(lanes.find(b)).bulkhead())
			.isNotNull();
		assertThatIllegalArgumentException().isThrownBy(() -> Lanes.of(List.of(one, other), workers, true))
			.withMessageContaining("'one'");
	}

	@Test
	void aBulkheadIsCalledAsItsPatternUnlessThatCouldMeanAnotherOne() {
		WorkerOptions options = WorkerOptions.defaults().withMode(WorkerMode.INLINE);
		WorkerSet workers = new WorkerSet(options, WorkerPools.create(options), List.of());
		List<RoutePolicy> several = List.of(bulkhead("one", new Below("/a")), bulkhead("two", new Below("/b")),
				bulkhead("two", new Below("/c")), bulkhead("three", new Below("/d")), bulkhead("four", new Below("/d")),
				bulkhead("five", new Exact("/e", "GET", this.asked)));
		assertThat(Lanes.of(several, workers, true).bulkheads()).extracting(BulkheadSnapshot::name)
			.containsExactly("/a/**", "two", "three", "four", "five");
	}

	private static RoutePolicy bulkhead(String name, PathMatcher matcher) {
		return new RoutePolicy(name, matcher, null, 1, 2, null, Priority.NORMAL);
	}

	@ParameterizedTest
	@CsvSource({ "/a, /a", "/a/b.c~d, /a/b.c~d", "/%61/b, /a/b", "/a;x=1/b;y, /a/b", "/a%3Bx/b, /a;x/b", "/%C3%A4, /ä",
			"/a%2Fb, /a\0b", "/a/%2e%2E/b, /a/../b", "/;, /", "/%25, /%" })
	void aPlainPathIsWhatItSaysAndNoMore(String path, String plain) {
		assertThat(PlainPath.of(path)).isEqualTo(plain);
	}

	private static RequestHead head(String method, String path) {
		return new RequestHead(method, new RequestTarget(RequestTarget.Form.ORIGIN, null, path, null),
				ProtocolVersion.HTTP_1_1, EmptyHttpHeaders.INSTANCE, BodyFraming.NONE);
	}

	private record Exact(String exactPath, String method, Set<String> asked) implements PathMatcher {

		@Override
		public boolean matches(RequestHead request, String path) {
			this.asked.add(this.exactPath);
			return path.equals(this.exactPath) && request.method().equals(this.method);
		}

	}

	private record Below(String beginning) implements PathMatcher {

		@Override
		public String pattern() {
			return this.beginning + "/**";
		}

		@Override
		public @Nullable String exactPath() {
			return null;
		}

		@Override
		public boolean matches(RequestHead request, String path) {
			return path.startsWith(this.beginning);
		}

	}

}
