package io.millrace.core.transport;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.millrace.core.observe.EngineObserver;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalServerChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Connections that there is no telling whose they are, and those that come too late.
 */
class ProxyGateTests {

	private static final ProxyProtocolOptions OPTIONS = new ProxyProtocolOptions(List.of("10.0.0.1", "unix"),
			Duration.ofSeconds(30));

	private final List<String> refused = new ArrayList<>();

	private final EngineObserver observer = new EngineObserver() {

		@Override
		public void connectionRefused(String reason) {
			ProxyGateTests.this.refused.add(reason);
		}

	};

	@Test
	void withoutAnAddressOnlyAUnixSocketIsTrusted() {
		ChannelHandlerContext context = mock(ChannelHandlerContext.class);
		ProxyGate gate = new ProxyGate(OPTIONS, this.observer);
		EmbeddedChannel tcp = nameless();
		NioServerSocketChannel listening = new NioServerSocketChannel();
		given(context.channel()).willReturn(listening);
		gate.channelRead(context, tcp);
		listening.unsafe().closeForcibly();
		assertThat(tcp.isOpen()).isFalse();
		assertThat(this.refused).containsExactly(ProxyGate.REASON);
		EmbeddedChannel unix = nameless();
		given(context.channel()).willReturn(new LocalServerChannel());
		gate.channelRead(context, unix);
		assertThat(unix.isOpen()).isTrue();
		assertThat(this.refused).hasSize(1);
		unix.close();
	}

	private static EmbeddedChannel nameless() {
		return new EmbeddedChannel() {

			@Override
			protected SocketAddress remoteAddress0() {
				return null;
			}

		};
	}

	@Test
	void aConnectionThatComesAfterTheEndOfItsListenerIsClosed() {
		ProxyProtocolInitializer initializer = new ProxyProtocolInitializer(OPTIONS, (channel) -> {
		}, null, this.observer);
		EmbeddedChannel early = new EmbeddedChannel(initializer);
		assertThat(early.isOpen()).isTrue();
		initializer.close();
		EmbeddedChannel late = new EmbeddedChannel(initializer);
		early.runPendingTasks();
		late.runPendingTasks();
		assertThat(early.isOpen()).isFalse();
		assertThat(late.isOpen()).isFalse();
		assertThat(this.refused).isEmpty();
	}

}
