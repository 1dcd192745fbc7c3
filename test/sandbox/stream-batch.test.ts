import { toLambdaRecord } from '../../sandbox/stream-batch.ts';

const arn = 'arn:aws:dynamodb:ap-east-1:000000000000:table/refunds/stream/x';
const bytes = new Uint8Array([251, 255, 1]);

test("a record has Lambda's form: seconds, the stream's ARN, and base64 for every binary value", () => {
  const NewImage = {
    binary: { B: bytes },
    set: { BS: [bytes] },
    list: { L: [{ B: bytes }, { NULL: true as const }] },
    map: { M: { inner: { B: bytes }, number: { N: '1' } } },
  };
  const dynamodb = { ApproximateCreationDateTime: new Date(1_500), SequenceNumber: '7', NewImage };
  const record = toLambdaRecord({ eventName: 'INSERT', dynamodb }, arn);
  expect(JSON.parse(JSON.stringify(record))).toEqual({
    eventName: 'INSERT',
    eventSourceARN: arn,
    dynamodb: {
      ApproximateCreationDateTime: 1.5,
      SequenceNumber: '7',
      NewImage: {
        binary: { B: '+/8B' },
        set: { BS: ['+/8B'] },
        list: { L: [{ B: '+/8B' }, { NULL: true }] },
        map: { M: { inner: { B: '+/8B' }, number: { N: '1' } } },
      },
    },
  });
});
