package io.raftlessons.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.raftlessons.wire.Envelope;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class GrpcServicesTest extends GrpcFixture {
  private static final MethodDescriptor<Envelope, Envelope> METHOD =
      MethodDescriptor.<Envelope, Envelope>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("test.Other/Call")
          .setRequestMarshaller(ProtoUtils.marshaller(Envelope.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(Envelope.getDefaultInstance()))
          .build();

  @Test
  void anotherServiceOfThePortMayBlockAndThePeersGoOn() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    ServerServiceDefinition other =
        ServerServiceDefinition.builder("test.Other")
            .addMethod(
                METHOD,
                ServerCalls.asyncUnaryCall(
                    (request, answer) -> {
                      try {
                        release.await();
                      } catch (InterruptedException e) {
                        answer.onError(e);
                        return;
                      }
                      String thread = Thread.currentThread().getName();
                      answer.onNext(request.toBuilder().setFrom(thread).build());
                      answer.onCompleted();
                    }))
            .build();
    GrpcTransport a = start("a");
    GrpcTransport b = start(options("b").service(() -> other));
    List<Envelope> received = collect(b);
    ManagedChannel channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", b.port()).usePlaintext().build();
    try {
      Future<Envelope> answer =
          ClientCalls.futureUnaryCall(
              channel.newCall(METHOD, CallOptions.DEFAULT), message("?", "b", 7));
      connect(a, "b", b);
      a.send(message("a", "b", 1));
      await().atMost(SOON).until(() -> received.size() == 1);
      assertThat(answer.isDone()).isFalse();
      release.countDown();
      assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo(message("service-b", "b", 7));
    } finally {
      release.countDown();
      channel.shutdownNow();
    }
  }
}
