package io.millrace.core.http1;

import java.util.List;

import io.millrace.core.connection.ConnectionCounts;
import io.millrace.core.observe.EngineStatistics;
import io.millrace.core.observe.ObservedKinds;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link Sender}.
 */
class SenderTests {

	private final SlowChannel channel = new SlowChannel();

	private final ConnectionCounts counts = new ConnectionCounts(new EngineStatistics(
			new ObservedKinds(List.of("per_ip"), List.of("other"), List.of("full"), List.of("idle"), List.of("syntax")))
		.listener("main"));

	@AfterEach
	void close() {
		this.channel.take(Integer.MAX_VALUE);
		this.channel.finishAndReleaseAll();
	}

	@Test
	void whatTheClientHasTakenIsSeen() {
		Sender sender = new Sender(this.channel, this.counts, false);
		send(sender, 3);
		long before = sender.mark();
		assertThat(sender.mark()).isEqualTo(before);
		this.channel.take(1);
		assertThat(sender.mark()).isNotEqualTo(before);
	}

	@Test
	void theNextRecordInThePlaceOfOneThatWasTakenHidesNothing() {
		Files files = new Files();
		this.channel.pipeline().addLast(new SentRecords()).addLast(files);
		Sender sender = new Sender(this.channel, this.counts, true);
		send(sender, 1);
		files.pieces(3);
		long before = sender.mark();
		this.channel.take(1);
		files.pieces(1);
		assertThat(this.channel.waiting()).isEqualTo(4);
		assertThat(sender.mark()).isNotEqualTo(before);
	}

	private static void send(Sender sender, int messages) {
		for (int i = 0; i < messages; i++) {
			sender.write(Unpooled.buffer(4).writeInt(i));
		}
		sender.flush();
	}

	/** Its client takes what it is told to. */
	private static final class SlowChannel extends EmbeddedChannel {

		private int taken;

		@Override
		protected void doWrite(ChannelOutboundBuffer in) {
			while (this.taken > 0 && in.current() != null) {
				this.taken--;
				in.remove();
			}
		}

		void take(int messages) {
			this.taken = messages;
			flush();
			this.taken = 0;
		}

		int waiting() {
			return unsafe().outboundBuffer().size();
		}

	}

	/** Makes records of its own when there is room. */
	private static final class Files extends ChannelOutboundHandlerAdapter {

		private ChannelHandlerContext context;

		@Override
		public void handlerAdded(ChannelHandlerContext context) {
			this.context = context;
		}

		void pieces(int count) {
			for (int i = 0; i < count; i++) {
				this.context.write(Unpooled.buffer(4).writeInt(i));
			}
			this.context.flush();
		}

	}

}
