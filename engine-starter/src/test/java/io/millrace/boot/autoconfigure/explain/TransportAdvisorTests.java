package io.millrace.boot.autoconfigure.explain;

import io.millrace.core.transport.Transport;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TransportAdvisorTests {

	@Test
	void aTransportThatIsNotTheBestIsNamed() {
		assertThat(new TestSituation().transport(Transport.NIO).ask(new TransportAdvisor(true, Transport.EPOLL, null)))
			.singleElement()
			.satisfies((advice) -> {
				assertThat(advice.id()).isEqualTo("transport");
				assertThat(advice.found()).contains("nio", "epoll");
			});
	}

	@Test
	void oneThatIsLeftSinceTheBestDoesNotWorkIsNamedWithTheCause() {
		Throwable failure = new UnsatisfiedLinkError("failed").initCause(new IllegalStateException("no musl here"));
		TestSituation situation = new TestSituation().transport(Transport.NIO);
		assertThat(situation.ask(new TransportAdvisor(true, Transport.NIO, failure))).singleElement()
			.satisfies((advice) -> {
				assertThat(advice.id()).isEqualTo("transport-fallback");
				assertThat(advice.found()).contains("no musl here");
			});
		assertThat(situation.ids(new TransportAdvisor(false, Transport.NIO, failure))).isEmpty();
	}

	@Test
	void theOneThatWasMeasuredToBeSlowerIsNamed() {
		assertThat(new TestSituation().transport(Transport.IO_URING)
			.ids(new TransportAdvisor(true, Transport.EPOLL, null))).containsExactly("transport-io-uring");
	}

	@Test
	void theBestIsRight() {
		assertThat(
				new TestSituation().transport(Transport.best()).ids(new TransportAdvisor(true, Transport.best(), null)))
			.isEmpty();
	}

}
